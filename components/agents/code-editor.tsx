'use client'

import { useId, type ReactNode } from 'react'
import { useIsHydrated } from '../ui/clock'
import { late } from '../ui/late'
import { Skeleton } from '../ui/skeleton'
import type { PolicyEditorProps } from './policy-editor'

const waiting = <Skeleton className="h-112" />

/** It weighs as much as React, so it comes once somebody writes. */
const PolicyEditor = late(() => import('./policy-editor').then((module) => module.PolicyEditor), waiting)

type CodeEditorProps = Omit<PolicyEditorProps, 'id' | 'labelId' | 'describedBy' | 'isInvalid'> & {
  label: string
  hint: ReactNode
  /** Id of what says what is wrong. */
  errorId: string | undefined
}

/** A file to write, under its name. */
export function CodeEditor({ label, hint, errorId, ...rest }: CodeEditorProps) {
  const id = useId()
  const isHydrated = useIsHydrated()
  return (
    <div className="min-w-0">
      <p id={`${id}-label`} className="text-sm font-medium">
        {label}
      </p>
      <p id={`${id}-hint`} className="text-xs text-muted">
        {hint}
      </p>
      <div className="mt-1.5 min-h-112 overflow-hidden rounded-sm border border-control bg-surface shadow-raised has-[[aria-invalid=true]]:border-danger">
        {isHydrated ? (
          <PolicyEditor
            {...rest}
            id={id}
            labelId={`${id}-label`}
            describedBy={errorId === undefined ? `${id}-hint` : `${id}-hint ${errorId}`}
            isInvalid={errorId !== undefined}
          />
        ) : (
          waiting
        )}
      </div>
    </div>
  )
}
