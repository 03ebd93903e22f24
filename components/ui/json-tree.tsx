'use client'

import { useMemo, useState } from 'react'
import { writeJson } from '@/lib/json/write'
import { showText, type ShownPart } from '@/lib/untrusted/show'
import * as say from '@/words/ui/json-tree'
import { Icon } from './icon'
import { asTable, countLeaves, isCompact, membersOf } from './json-shape'
import { Parts, ShowAll, Warnings } from './untrusted-text'

type TreeProps = { value: unknown; path: string; depth?: number; isRecorded?: boolean }

/** Of more values than this in one place only the first are drawn until all are asked for. */
const rowsShown = 60
const leavesOpen = 60
const depthOpen = 5

/**
 * Any JSON: short values as they are, objects of one shape as a table, everything else as a tree that folds where it
 * is large. What is folded says how much it holds.
 */
export function JsonTree({ value, path, depth = 0, isRecorded = false }: TreeProps) {
  if (typeof value !== 'object' || value === null || isCompact(value))
    return <JsonValue value={value} isRecorded={isRecorded} />
  const table = asTable(value)
  if (table) return <ObjectTable path={path} {...table} isRecorded={isRecorded} />
  return <Branch value={value} path={path} depth={depth} isRecorded={isRecorded} />
}

function Branch({ value, path, depth = 0, isRecorded }: TreeProps & { value: object }) {
  const members = useMemo(() => membersOf(value, path), [value, path])
  const [isOpen, setOpen] = useState(() => depth < depthOpen && countLeaves(value, leavesOpen) <= leavesOpen)
  const [isWhole, setWhole] = useState(false)
  const shown = isWhole ? members : members.slice(0, rowsShown)
  const size = (Array.isArray(value) ? say.items : say.members)(members.length)
  return (
    <div>
      <button
        type="button"
        aria-expanded={isOpen}
        aria-label={say.sizeOf(size, path)}
        onClick={() => setOpen(!isOpen)}
        className="-ml-1 flex items-center gap-1 rounded-xs px-1 text-xs font-medium text-muted hover:text-ink pointer-coarse:h-10"
      >
        <Icon name="chevron" className={`size-3.5! ${isOpen ? 'rotate-90' : ''}`} />
        {size}
      </button>
      {isOpen && (
        <dl className="mt-0.5 ml-1 space-y-0.5 border-l border-line pl-3">
          {shown.map((member) => (
            <div key={member.path} className="flex flex-wrap gap-x-3">
              <dt className="code text-muted">
                <Name text={member.name} isRecorded={isRecorded} />
              </dt>
              <dd className="min-w-0 flex-1 basis-32">
                <JsonTree
                  value={member.value}
                  path={member.path}
                  depth={depth + 1}
                  isRecorded={isRecorded ?? false}
                />
              </dd>
            </div>
          ))}
        </dl>
      )}
      {isOpen && members.length > shown.length && (
        <More count={members.length} onPress={() => setWhole(true)} />
      )}
    </div>
  )
}

type ObjectTableProps = {
  path: string
  columns: string[]
  rows: Record<string, unknown>[]
  isRecorded: boolean
}

/** What scrolls must be reachable by keyboard (WCAG 2.1.1). */
const reachable = { tabIndex: 0 }

function ObjectTable({ path, columns, rows, isRecorded }: ObjectTableProps) {
  const [isWhole, setWhole] = useState(false)
  const shown = isWhole ? rows : rows.slice(0, rowsShown)
  return (
    <div className="min-w-0">
      <section
        {...reachable}
        aria-label={say.itemsOf(rows.length, path)}
        className="max-w-full overflow-x-auto rounded-sm border border-line"
      >
        <table className="w-full border-collapse text-left">
          <caption className="sr-only">{say.itemsOf(rows.length, path)}</caption>
          <thead className="bg-sunken">
            <tr>
              <th scope="col" className="px-2 py-1 text-xs font-medium text-muted">
                {say.items(rows.length)}
              </th>
              {columns.map((name) => (
                <th key={name} scope="col" className="code px-2 py-1 text-xs font-medium text-muted">
                  <Name text={name} isRecorded={isRecorded} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row, at) => (
              <tr key={at} className="border-t border-line">
                <td className="px-2 py-1 text-xs text-faint">{at}</td>
                {columns.map((name) => (
                  <td key={name} className="px-2 py-1 align-top">
                    {Object.hasOwn(row, name) ? (
                      <JsonValue value={row[name]} isRecorded={isRecorded} />
                    ) : (
                      <span className="text-faint">—</span>
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {rows.length > shown.length && <More count={rows.length} onPress={() => setWhole(true)} />}
    </div>
  )
}

function More({ count, onPress }: { count: number; onPress: () => void }) {
  return (
    <button
      type="button"
      data-show-all=""
      onClick={onPress}
      className="mt-1 rounded-xs text-xs font-medium text-accent hover:underline pointer-coarse:h-10"
    >
      {say.showAll(count)}
    </button>
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
function JsonValue({
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
