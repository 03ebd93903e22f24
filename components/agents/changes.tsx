'use client'

import { useMemo } from 'react'
import * as say from '@/words/agents/changes'
import { FileLines, type FileLine } from './file-lines'
import { diffLines, sourceLines, type DiffLine } from './line-diff'

const linesAround = 3

/** What one text of a file changes in another. */
export function Changes({ before, after }: { before: string; after: string }) {
  const hunks = useMemo(() => hunksOf(diffLines(sourceLines(before), sourceLines(after))), [before, after])
  if (hunks.length === 0) {
    return (
      <p className="text-sm text-muted">{before === after ? say.nothingChanges : say.onlyLineEndsDiffer}</p>
    )
  }
  return (
    <div className="space-y-2">
      {hunks.map((hunk) => (
        <FileLines key={hunk[0]?.number} label={say.changesAround(hunk[0]?.number ?? 0)} lines={hunk} />
      ))}
    </div>
  )
}

/** The changed lines with a few around them. */
function hunksOf(lines: DiffLine[]): FileLine[][] {
  const hunks: FileLine[][] = []
  let shownUntil = 0
  lines.forEach(({ kind }, at) => {
    if (kind === 'same') return
    const from = Math.max(shownUntil, at - linesAround)
    const until = Math.min(lines.length, at + linesAround + 1)
    if (hunks.length === 0 || from > shownUntil) hunks.push([])
    hunks.at(-1)?.push(...lines.slice(from, until).map(signed))
    shownUntil = until
  })
  return hunks
}

function signed({ kind, number, text }: DiffLine): FileLine {
  if (kind === 'same') return { number, text }
  return { sign: kind === 'added' ? '+' : '-', number, text }
}
