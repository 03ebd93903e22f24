'use client'

import dynamic from 'next/dynamic'
import { useId, type ReactNode } from 'react'
import { Skeleton } from '../ui/skeleton'
import type { PolicyEditorProps } from './policy-editor'

/** It weighs as much as React, so it comes once somebody writes. */
const PolicyEditor = dynamic(() => import('./policy-editor').then((module) => module.PolicyEditor), {
  ssr: false,
  loading: () => <Skeleton className="h-112" />,
})

type CodeEditorProps = Omit<PolicyEditorProps, 'id' | 'labelId' | 'describedBy' | 'isInvalid'> & {
  label: string
  hint: ReactNode
  /** Id of what says what is wrong. */
  errorId: string | undefined
}

/** A file to write, under its name. */
export function CodeEditor({ label, hint, errorId, ...rest }: CodeEditorProps) {
  const id = useId()
  return (
    <div className="min-w-0">
      <p id={`${id}-label`} className="text-sm font-medium">
        {label}
      </p>
      <p id={`${id}-hint`} className="text-xs text-muted">
        {hint}
      </p>
      <div className="mt-1.5 min-h-112 overflow-hidden rounded-sm border border-control bg-surface shadow-raised has-[[aria-invalid=true]]:border-danger">
        <PolicyEditor
          {...rest}
          id={id}
          labelId={`${id}-label`}
          describedBy={errorId === undefined ? `${id}-hint` : `${id}-hint ${errorId}`}
          isInvalid={errorId !== undefined}
        />
      </div>
    </div>
  )
}
