'use client'

import { useState } from 'react'
import * as say from '@/words/runs/trace-news'
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
    const who = old.wait?.until === null && row.wait?.until != null ? row.wait.words : undefined
    return [say.stepIs(row.name, statusWord(row.status), who)]
  })
  const last = added.at(-1)
  const more = last
    ? [added.length === 1 ? say.newStep(last.name) : say.newSteps(added.length, last.name)]
    : []
  const run = before.status === after.status ? [] : [say.runIs(statusWord(after.status))]
  return [...more, ...changed, ...run].join(' ')
}
