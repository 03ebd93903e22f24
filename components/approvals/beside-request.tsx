'use client'

import * as say from '@/words/approvals/beside-request'
import { Button } from '../ui/button'
import { Icon } from '../ui/icon'
import { Notice } from '../ui/notice'
import { SkeletonRows } from '../ui/skeleton'

type NeighboursProps = {
  position: string | null
  onBack: () => void
  onBefore: (() => void) | null
  onAfter: (() => void) | null
}

/** On narrow screens, where the request is a page: back to the list, and to those beside it. */
export function Neighbours({ position, onBack, onBefore, onAfter }: NeighboursProps) {
  const look =
    'inline-flex size-11 items-center justify-center rounded-sm text-muted hover:bg-sunken disabled:opacity-40'
  return (
    <nav
      aria-label={say.requests}
      className="flex h-12 shrink-0 items-center border-b border-line bg-canvas px-1 min-[1100px]:hidden"
    >
      <button
        type="button"
        onClick={onBack}
        className="flex h-11 items-center gap-1 rounded-sm px-2 text-sm font-medium"
      >
        <Icon name="chevron" className="rotate-180" />
        {say.approvals}
      </button>
      <span className="ml-auto text-sm text-muted">{position}</span>
      <button
        type="button"
        aria-label={say.previousRequest}
        disabled={!onBefore}
        onClick={onBefore ?? undefined}
        className={look}
      >
        <Icon name="chevron" className="rotate-180" />
      </button>
      <button
        type="button"
        aria-label={say.nextRequest}
        disabled={!onAfter}
        onClick={onAfter ?? undefined}
        className={look}
      >
        <Icon name="chevron" />
      </button>
    </nav>
  )
}

type NothingProps = {
  id: string | undefined
  isMissing: boolean
  /** Null beside a list that names none. */
  onBack: (() => void) | null
}

/** No request is open: there is none, or none by this address. */
export function Nothing({ id, isMissing, onBack }: NothingProps) {
  if (id === undefined) {
    return <p className="m-auto p-6 text-sm text-faint">{say.nothingIsOpen}</p>
  }
  return (
    <div className="p-6">
      {isMissing ? (
        <Notice tone="warn">{say.requestNotHere}</Notice>
      ) : (
        <SkeletonRows rows={5} label={say.loadingTheRequest} />
      )}
      {onBack && (
        <Button variant="ghost" onClick={onBack} className="mt-3">
          {say.allApprovals}
        </Button>
      )}
    </div>
  )
}
