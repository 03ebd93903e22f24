'use client'

import { usePathname } from 'next/navigation'
import { createContext, use, useEffect, useMemo, useRef, type ReactNode } from 'react'
import useSWR, { type SWRResponse } from 'swr'
import type { PendingCount } from '@/lib/approvals/count'
import type { NoticeList } from '@/lib/notices/schemas'
import { api } from '@/lib/paths'
import { useLive } from './live'

/** Notices are written shortly after the event that the stream tells of. */
const afterEventMs = 1500

type Notices = Pick<SWRResponse<NoticeList, Error>, 'data' | 'error' | 'mutate'>

const NoticesContext = createContext<{ notices: Notices; pending: number; snoozed: number } | null>(null)

/** What the person was told in this project, with the number of what is unread. */
export function useNotices(): Notices {
  return requireNotices(use(NoticesContext)).notices
}

/** How many requests of the project wait for a person, without those that the reader put off. */
export function usePendingCount(): number {
  return requireNotices(use(NoticesContext)).pending
}

/** How many of them the reader put off. */
export function useSnoozedCount(): number {
  return requireNotices(use(NoticesContext)).snoozed
}

function requireNotices<T>(value: T | null): T {
  if (value === null) throw new Error('Used outside of NoticesProvider.')
  return value
}

/** Keeps a project's notices and the number of pending requests up to date, and says the number in the tab's title. */
export function NoticesProvider({
  project,
  initialPending,
  children,
}: {
  project: string
  initialPending: number
  children: ReactNode
}) {
  const { data, error, mutate } = useSWR<NoticeList, Error>(api.notices(project, { limit: 20 }))
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const counted = useSWR<PendingCount, Error>(api.countApprovals(project))
  const { mutate: countAgain } = counted
  useLive(() => {
    void countAgain()
    clearTimeout(timer.current)
    timer.current = setTimeout(() => void mutate(), afterEventMs)
  })
  useEffect(() => () => clearTimeout(timer.current), [])
  const snoozed = counted.data?.snoozed ?? 0
  const pending = counted.data ? counted.data.pending - snoozed : initialPending
  useTitleCount(pending)
  const value = useMemo(
    () => ({ notices: { data, error, mutate }, pending, snoozed }),
    [data, error, mutate, pending, snoozed],
  )
  return <NoticesContext value={value}>{children}</NoticesContext>
}

/** `99+` above 99. */
export function countWords(count: number): string {
  return count > 99 ? '99+' : String(count)
}

/** Next writes the title anew on each navigation; the number is put before whatever it says. */
function useTitleCount(count: number): void {
  const path = usePathname()
  useEffect(() => {
    function write() {
      const bare = document.title.replace(/^\(\d+\+?\) /, '')
      const title = count > 0 ? `(${countWords(count)}) ${bare}` : bare
      if (document.title !== title) document.title = title
    }
    write()
    const observer = new MutationObserver(write)
    observer.observe(document.head, { childList: true, subtree: true, characterData: true })
    return () => observer.disconnect()
  }, [count, path])
}
