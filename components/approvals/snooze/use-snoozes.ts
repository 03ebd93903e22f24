'use client'

import { useEffect, useMemo, useRef, useState } from 'react'
import useSWR from 'swr'
import type { Snooze } from '@/lib/approvals/snooze'
import { api } from '@/lib/paths'
import { fetchJson } from '../../frame/fetch-json'
import { useLive } from '../../frame/live'
import { useSnoozedCount } from '../../frame/notices'
import { changedElsewhere, stillHolding, type Noted } from './noted'

export type Snoozes = {
  /** Until when a request is put off; undefined where it is not. */
  untilOf: (id: string) => string | undefined
  /** Whether a list of what is put off, or of what is not, no longer has it. */
  isGone: (id: string, isSnoozedShown: boolean) => boolean
  /** The server has put a request off, or with null taken it back. */
  note: (id: string, until: string | null) => void
}

/** Timers take no longer spans. */
const longestMs = 2 ** 31 - 1

/**
 * What the reader put off; once one of them ends, or was put off or taken back elsewhere, all on the page is read again.
 * Nothing is read for who puts nothing off.
 */
export function useSnoozes(project: string): Snoozes {
  const count = useSnoozedCount()
  const [own, setOwn] = useState<Noted>(new Map())
  const [isAsked, setAsked] = useState(false)
  if (!isAsked && (count > 0 || own.size > 0)) setAsked(true)
  const { tell } = useLive()
  const last = useRef<Snooze[]>(null)
  const { data, mutate } = useSWR<{ items: Snooze[] }>(isAsked ? api.snoozes(project) : null, fetchJson, {
    onSuccess: ({ items }) => {
      setOwn((noted) => stillHolding(noted, items))
      const before = last.current?.filter(({ until }) => Date.parse(until) > Date.now())
      last.current = items
      if (before && changedElsewhere(before, items, own)) tell()
    },
  })
  useLive((changes) => {
    if (changes === null) void mutate()
  })
  // Events tell nothing of what is somebody's own; that the count is another does.
  const isBehind = data !== undefined && data.items.length !== count
  useEffect(() => {
    if (isBehind) void mutate()
  }, [isBehind, count, mutate])
  const [now, setNow] = useState(() => Date.now())
  const ends = useMemo(() => {
    const kept = (data?.items ?? []).map((one): [string, string | null] => [one.approval_id, one.until])
    return new Map([...kept, ...own].filter(([, until]) => until !== null && Date.parse(until) > now))
  }, [data, own, now])
  useEffect(() => {
    if (ends.size === 0) return
    const first = Math.min(...[...ends.values()].map((until) => Date.parse(until ?? '')))
    const timer = setTimeout(
      () => {
        setNow(Date.now())
        tell()
      },
      Math.min(longestMs, Math.max(0, first - Date.now()) + 200),
    )
    return () => clearTimeout(timer)
  }, [ends, tell])
  return useMemo(
    () => ({
      untilOf: (id) => ends.get(id) ?? undefined,
      isGone: (id, isSnoozedShown) => (isSnoozedShown ? own.get(id) === null : ends.has(id)),
      note: (id, until) => {
        setOwn((known) => new Map(known).set(id, until))
        tell()
      },
    }),
    [ends, own, tell],
  )
}
