'use client'

import { memo, useMemo, useState } from 'react'
import { showText } from '@/lib/untrusted/show'
import * as say from '@/words/agents/file-lines'
import { Parts, Warnings } from '../ui/untrusted-text'

export type FileLine = { sign?: '+' | '-'; number: number; text: string }

type FileLinesProps = { label: string; lines: FileLine[]; markedLines?: Set<number> }

const linesShown = 400
const lineCharacters = 600
/** Deeper indents are counted instead of shown, so that no line starts out of sight. */
const indentShown = 64

/** A file's lines with their numbers, as text that cannot hide anything. */
export function FileLines({ label, lines, markedLines }: FileLinesProps) {
  const [isWhole, setIsWhole] = useState(false)
  const shown = isWhole ? lines : lines.slice(0, linesShown)
  const isCut = !isWhole && lines.some(({ text }, at) => at >= linesShown || text.length > lineCharacters)
  const hidden = useMemo(
    () => showText(lines.map(({ text }) => text).join('\n'), { maxCharacters: 1 }),
    [lines],
  )
  return (
    <div className="overflow-hidden rounded-md border border-line bg-surface">
      {(hidden.hasInvisible || hidden.hasMixedScripts) && (
        <p className="border-b border-line bg-sunken px-3 py-1.5">
          <Warnings shown={hidden} />
        </p>
      )}
      <section
        aria-label={label}
        // What scrolls must be reachable by keyboard (WCAG 2.1.1), though it holds nothing to press.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        className="max-h-[36rem] overflow-y-auto py-1.5 -outline-offset-2"
      >
        <ol className="code text-sm">
          {shown.map((line) => (
            <Line
              key={`${line.sign ?? ''}${line.number}`}
              line={line}
              isMarked={markedLines?.has(line.number) ?? false}
              isWhole={isWhole}
            />
          ))}
        </ol>
      </section>
      {isCut && (
        <button
          type="button"
          onClick={() => setIsWhole(true)}
          className="block h-8 w-full border-t border-line px-3 text-left text-xs font-medium text-accent hover:bg-hover"
        >
          {say.showAll(lines.length)}
        </button>
      )}
    </div>
  )
}

const looks = { '+': 'bg-ok-soft', '-': 'bg-danger-soft' } as const
const signs = { '+': say.added, '-': say.removed } as const

const Line = memo(function Line({
  line,
  isMarked,
  isWhole,
}: {
  line: FileLine
  isMarked: boolean
  isWhole: boolean
}) {
  const { sign, number, text } = line
  const indent = (/^ */.exec(text)?.[0] ?? '').slice(0, indentShown)
  const shown = showText(text.slice(indent.length), {
    maxCharacters: isWhole ? Infinity : lineCharacters,
    singleLine: true,
  })
  const tint = sign ? looks[sign] : isMarked ? 'bg-warn-soft' : ''
  return (
    <li className={`grid grid-cols-[3rem_1rem_minmax(0,1fr)] ${tint}`}>
      <span aria-hidden="true" className="pr-2 text-right text-faint select-none">
        {number}
      </span>
      <span aria-hidden="true" className="text-muted select-none">
        {sign === '-' ? '−' : sign}
      </span>
      <span className="pr-3 whitespace-pre-wrap">
        {sign && <span className="sr-only">{signs[sign]}</span>}
        {indent}
        <bdi>
          <Parts parts={shown.parts} />
        </bdi>
        {text === '' && '\u200b'}
      </span>
    </li>
  )
})
