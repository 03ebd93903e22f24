'use client'

import { useState } from 'react'
import { Icon } from './icon'
import { JsonTree } from './json-tree'
import { Params } from './params'

type JsonBlockProps = {
  label: string
  value: unknown
  /** Closed until it is asked for. */
  isFolded?: boolean
  tone?: 'danger'
  /** Recorded as a tool gave it back, so with marks for characters that cannot be kept. */
  isRecorded?: boolean
}

/** Any JSON that an agent sent: an object as names and values, everything else as one value. */
export function JsonBlock({ label, value, isFolded = false, tone, isRecorded = false }: JsonBlockProps) {
  const [isOpen, setIsOpen] = useState(!isFolded)
  if (!isOpen) {
    return (
      <button
        type="button"
        aria-expanded={false}
        onClick={() => setIsOpen(true)}
        className="flex h-8 w-full items-center gap-1.5 rounded-sm border border-line bg-sunken px-2 text-xs font-medium text-muted hover:text-ink"
      >
        <Icon name="chevron" className="size-3.5!" />
        {label}
      </button>
    )
  }
  if (isPlainObject(value)) return <Params label={label} params={value} isRecorded={isRecorded} />
  return (
    <div
      className={`overflow-hidden rounded-sm border bg-surface ${tone === 'danger' ? 'border-danger/40' : 'border-line'}`}
    >
      <p
        className={`px-3 py-1.5 text-xs font-medium ${tone === 'danger' ? 'bg-danger-soft text-danger' : 'bg-sunken text-muted'}`}
      >
        {label}
      </p>
      <div className="px-3 py-2 text-sm">
        <JsonTree value={value} path={label} isRecorded={isRecorded} />
      </div>
    </div>
  )
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
