import { useMemo, useState } from 'react'
import { writeJson } from '@/lib/json/write'
import { showText } from '@/lib/untrusted/show'
import { Parts, ShowAll } from './untrusted-text'

const rawCharacters = 4000

/** Indented JSON; the indents are ours, what stands on each line goes through the one renderer. */
export function RawJson({ value, isRecorded = false }: { value: unknown; isRecorded?: boolean }) {
  const [isWhole, setIsWhole] = useState(false)
  const text = useMemo(() => writeJson(value, 2), [value])
  const isLong = text.length > rawCharacters
  const lines = useMemo(() => {
    const all = text.split('\n')
    return isLong && !isWhole ? fitting(all) : all
  }, [text, isLong, isWhole])
  return (
    <div className="bg-surface px-3 py-2">
      <pre className="code whitespace-pre-wrap">
        {lines.map((line, at) => (
          <RawLine key={at} line={line} isWhole={isWhole} isRecorded={isRecorded} />
        ))}
      </pre>
      {isLong && <ShowAll length={text.length} isWhole={isWhole} onToggle={() => setIsWhole(!isWhole)} />}
    </div>
  )
}

function fitting(lines: string[]): string[] {
  let room = rawCharacters
  return lines.filter((line) => (room -= Math.min(line.length, 600)) > 0)
}

function RawLine({ line, isWhole, isRecorded }: { line: string; isWhole: boolean; isRecorded: boolean }) {
  const indent = /^ */.exec(line)?.[0] ?? ''
  const shown = showText(line.slice(indent.length), {
    maxCharacters: isWhole ? Infinity : 600,
    singleLine: true,
    isRecorded,
  })
  return (
    <>
      {indent}
      <bdi>
        <Parts parts={shown.parts} />
      </bdi>
      {'\n'}
    </>
  )
}
