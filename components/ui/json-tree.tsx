'use client'

import { lazy, Suspense, useMemo, useState } from 'react'
import { writeJson } from '@/lib/json/write'
import { showText, type ShownPart } from '@/lib/untrusted/show'
import { isCompact } from './json-shape'
import { Parts, ShowAll, Warnings } from './untrusted-text'

export type TreeProps = { value: unknown; path: string; depth?: number; isRecorded?: boolean }

/** Read where values nest; where it cannot be, they stay as their JSON. */
const JsonBranch = lazy(() => import('./json-branch').catch(() => ({ default: JsonValue })))

/**
 * Any JSON: short values as they are, objects of one shape as a table, everything else as a tree that folds where it
 * is large. What is folded says how much it holds.
 */
export function JsonTree({ value, path, depth = 0, isRecorded = false }: TreeProps) {
  const text = <JsonValue value={value} isRecorded={isRecorded} />
  if (typeof value !== 'object' || value === null || isCompact(value)) return text
  return (
    <Suspense fallback={text}>
      <JsonBranch value={value} path={path} depth={depth} isRecorded={isRecorded} />
    </Suspense>
  )
}

/** A member's name, with what hides in it. */
export function Name({ text, isRecorded = false }: { text: string; isRecorded?: boolean | undefined }) {
  const name = useMemo(
    () => showText(text, { maxCharacters: 300, singleLine: true, isRecorded }),
    [text, isRecorded],
  )
  return (
    <>
      <bdi>
        <Parts parts={name.parts} />
      </bdi>
      <Warnings shown={name} />
    </>
  )
}

/**
 * One JSON value as text: a string in faint quotation marks, so that the text `"129"` is told from the number,
 * everything else as its JSON. A long one is begun, never cut in its middle, where what matters may stand.
 */
export function JsonValue({
  value,
  maxCharacters = 2000,
  isRecorded = false,
}: {
  value: unknown
  maxCharacters?: number
  isRecorded?: boolean
}) {
  const [isWhole, setIsWhole] = useState(false)
  const isText = typeof value === 'string'
  const shown = useMemo(
    () => showText(isText ? value : writeJson(value), { maxCharacters: Infinity, isRecorded }),
    [value, isText, isRecorded],
  )
  const begun = useMemo(() => beginning(shown.parts, maxCharacters), [shown, maxCharacters])
  const isLong = begun.length < shown.parts.length || begun.at(-1) !== shown.parts.at(-1)
  return (
    <div className="code">
      {isText && <Quote />}
      <bdi className={`wrap-anywhere whitespace-pre-wrap ${isText ? '' : 'text-accent'}`}>
        <Parts parts={isWhole ? shown.parts : begun} />
      </bdi>
      {isText && (!isLong || isWhole) && <Quote />}
      {isLong && !isWhole && <span className="text-faint">…</span>}
      <Warnings shown={shown} />
      {isLong && <ShowAll length={shown.length} isWhole={isWhole} onToggle={() => setIsWhole(!isWhole)} />}
    </div>
  )
}

function Quote() {
  return <span className="text-faint select-none">&quot;</span>
}

function beginning(parts: ShownPart[], most: number): ShownPart[] {
  const begun: ShownPart[] = []
  let room = most
  for (const part of parts) {
    if (part.text.length > room) {
      if (part.kind === 'text')
        begun.push({ kind: 'text', text: part.text.slice(0, room).replace(/[\uD800-\uDBFF]$/, '') })
      break
    }
    begun.push(part)
    room -= part.text.length
  }
  return begun
}
