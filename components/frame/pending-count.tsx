'use client'

import { usePathname } from 'next/navigation'
import { createContext, use, useEffect, type ReactNode } from 'react'
import useSWR from 'swr'
import { countPendingApprovals } from '@/app/[project]/approvals/actions'
import { RequestError } from './fetch-json'
import { useLive } from './live'

const PendingCount = createContext(0)

/** How many requests of the project wait for a person, kept up to date. */
export function usePendingCount(): number {
  return use(PendingCount)
}

/** Counts pending requests and says the number in the tab's title. */
export function PendingCountProvider({
  project,
  initial,
  children,
}: {
  project: string
  initial: number
  children: ReactNode
}) {
  const { data, mutate } = useSWR(['pending-count', project], readCount, { fallbackData: initial })
  useLive(() => void mutate())
  const count = data ?? initial
  useTitleCount(count)
  return <PendingCount value={count}>{children}</PendingCount>
}

async function readCount([, project]: [string, string]): Promise<number> {
  const answer = await countPendingApprovals(project, {})
  if (answer.ok) return answer.value
  const { status, code, detail } = answer.problem
  throw new RequestError(status, code, detail)
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
