'use client'

import { useId, useMemo, useRef, type ReactNode, type RefObject } from 'react'
import { Icon } from '../ui/icon'

type CodeEditorProps = {
  label: string
  hint: ReactNode
  value: string
  onChange: (value: string) => void
  /** Lines, from 1, that something is wrong with. */
  markedLines: Set<number>
  /** Id of what says what is wrong. */
  errorId?: string | undefined
  area: RefObject<HTMLTextAreaElement | null>
}

/** A text area with line numbers; lines do not wrap, so that the numbers stand beside them. */
export function CodeEditor({ label, hint, value, onChange, markedLines, errorId, area }: CodeEditorProps) {
  const id = useId()
  const gutter = useRef<HTMLDivElement>(null)
  const count = useMemo(() => value.split('\n').length, [value])
  return (
    <div className="min-w-0">
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      <p id={`${id}-hint`} className="text-xs text-muted">
        {hint}
      </p>
      <div className="mt-1.5 flex overflow-hidden rounded-sm border border-control bg-surface shadow-raised has-aria-invalid:border-danger">
        <div
          ref={gutter}
          aria-hidden="true"
          className="code w-12 shrink-0 overflow-hidden border-r border-line bg-sunken pt-2 pb-8 pr-2 text-right text-xs leading-6 whitespace-pre text-faint select-none"
        >
          <Numbers count={count} marked={markedLines} />
        </div>
        <textarea
          ref={area}
          id={id}
          rows={18}
          wrap="off"
          spellCheck={false}
          autoCapitalize="off"
          autoCorrect="off"
          autoComplete="off"
          value={value}
          aria-invalid={errorId !== undefined || undefined}
          aria-describedby={errorId === undefined ? `${id}-hint` : `${id}-hint ${errorId}`}
          onChange={(event) => onChange(event.target.value)}
          onScroll={(event) => {
            if (gutter.current) gutter.current.scrollTop = event.currentTarget.scrollTop
          }}
          className="code min-w-0 flex-1 resize-y bg-surface px-3 py-2 text-sm leading-6 -outline-offset-2"
        />
      </div>
    </div>
  )
}

/** One run of text but for the marked lines: a file may have thousands. */
function Numbers({ count, marked }: { count: number; marked: Set<number> }) {
  const lines = [...marked].filter((line) => line <= count).sort((a, b) => a - b)
  return (
    <>
      {lines.map((line, at) => (
        <span key={line}>
          {numbers((lines[at - 1] ?? 0) + 1, line - 1)}
          <span className="font-semibold text-danger">
            <Icon name="warning" className="mr-0.5 inline size-3! align-[-2px]" />
            {line}
          </span>
          {'\n'}
        </span>
      ))}
      {numbers((lines.at(-1) ?? 0) + 1, count)}
    </>
  )
}

function numbers(from: number, to: number): string {
  let text = ''
  for (let line = from; line <= to; line++) text += `${line}\n`
  return text
}
