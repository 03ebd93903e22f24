'use client'

import type { ReactNode } from 'react'
import { useLive } from '../frame/live'
import { Button } from '../ui/button'
import { countWords } from './count-words'

type PendingHeaderProps = {
  /** Those that the filters fit; undefined while they are being counted. */
  matchingCount: number | undefined
  totalCount: number
  isFiltered: boolean
  newCount: number
  onShowNew: () => void
  /** Why the list could not be read again; what is shown may be behind. */
  error: Error | undefined
  onRetry: () => void
  /** What acts on all of it. */
  tools: ReactNode
}

/** Stays in sight and keeps its height, so that what it has to say moves no row. */
export function PendingHeader(props: PendingHeaderProps) {
  const { matchingCount, totalCount, isFiltered, newCount, onShowNew, error, onRetry, tools } = props
  const { isBehind } = useLive()
  return (
    <div className="sticky top-12 z-20 -mx-1 flex h-12 items-center gap-x-3 bg-canvas px-1 whitespace-nowrap md:top-0">
      <h2 className="text-base font-semibold">
        Pending{' '}
        <span className="font-normal text-muted">
          {isFiltered && matchingCount !== undefined && `${countWords(matchingCount)} match of `}
          {countWords(totalCount)}
        </span>
      </h2>
      <p aria-live="polite" className="text-sm">
        {newCount > 0 && (
          <Button size="sm" onClick={onShowNew}>
            {newCount} new {newCount === 1 ? 'request' : 'requests'} – show
          </Button>
        )}
      </p>
      <p aria-live="polite" className="truncate text-sm text-warn">
        {error ? (
          <button
            type="button"
            title={error.message}
            onClick={onRetry}
            className="rounded-xs font-medium underline"
          >
            Not up to date – try again
          </button>
        ) : (
          isBehind && 'Reconnecting…'
        )}
      </p>
      <div className="ml-auto flex items-center gap-2">{tools}</div>
    </div>
  )
}

const keys = [
  ['j k', 'move'],
  ['Enter', 'run'],
  ['e', 'params'],
  ['a', 'approve…'],
  ['r', 'reject…'],
  ['x', 'select'],
] as const

/** What the keyboard does in the list, where there is room for it. */
export function KeyHints() {
  return (
    <p className="hidden items-center gap-3 text-xs text-faint xl:flex">
      <span className="sr-only">Keys: </span>
      {keys.map(([key, act]) => (
        <span key={key}>
          <kbd className="rounded-xs border border-line bg-surface px-1 font-sans text-muted">{key}</kbd>{' '}
          {act}
        </span>
      ))}
    </p>
  )
}
