'use client'

import { useState } from 'react'
import { statusWord } from '../ui/badge'
import type { Trace } from './trace-row'

/** What changed in a trace since it was last looked at, in words for readers: new steps, and what became of others. */
export function useTraceNews(run: Trace): string {
  const [seen, setSeen] = useState(run)
  const [news, setNews] = useState('')
  if (seen !== run) {
    setSeen(run)
    const words = newsBetween(seen, run)
    if (words !== '') setNews(words)
  }
  return news
}

function newsBetween(before: Trace, after: Trace): string {
  const was = new Map(before.rows.map((row) => [row.id, row]))
  const added = after.rows.filter(({ id }) => !was.has(id))
  const changed = after.rows.flatMap((row) => {
    const old = was.get(row.id)
    if (!old || old.status === row.status || row.status === null) return []
    const who = old.wait?.until === null && row.wait?.until != null ? `, ${row.wait.words}` : ''
    return [`${row.name}: ${statusWord(row.status).toLowerCase()}${who}.`]
  })
  const last = added.at(-1)
  const more = last
    ? [added.length === 1 ? `New step: ${last.name}.` : `${added.length} new steps, the last: ${last.name}.`]
    : []
  const run = before.status === after.status ? [] : [`The run is ${statusWord(after.status).toLowerCase()}.`]
  return [...more, ...changed, ...run].join(' ')
}
