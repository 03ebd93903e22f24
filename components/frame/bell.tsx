'use client'

import { useState } from 'react'
import { markRead } from '@/app/[project]/settings/notifications/actions'
import type { Notice } from '@/lib/notices/schemas'
import { useToast } from '../ui/toast'
import { useBrowserNotices } from './browser-notices'
import { Disclosure } from './disclosure'
import { NoticePanel } from './notice-panel'
import { countWords, useNotices } from './notices'

/** What the person was told in this project, with the number of what is unread. */
export function Bell({ project }: { project: string }) {
  const { data, error, mutate } = useNotices()
  const [timesClosed, setTimesClosed] = useState(0)
  const toast = useToast()
  const browser = useBrowserNotices(project, data?.items)

  async function read(ids?: string[]) {
    try {
      const answer = await markRead(project, ids === undefined ? {} : { ids })
      if (!answer.ok) toast({ tone: 'danger', text: answer.problem.detail })
    } catch {
      toast({ tone: 'danger', text: 'The server did not answer; nothing was marked as read.' })
    }
    await mutate()
  }

  function open(notice: Notice) {
    setTimesClosed(timesClosed + 1)
    if (notice.read_at === null) void read([notice.id])
  }

  const unread = data?.unread ?? 0
  return (
    <Disclosure
      // A followed link closes the panel.
      key={timesClosed}
      label={unread === 0 ? 'Notices' : `Notices, ${unread} unread`}
      summaryClass="relative flex size-9 items-center justify-center gap-2.5 rounded-sm text-sm text-muted hover:bg-sunken hover:text-ink md:h-8 md:w-full md:justify-start md:px-2"
      panelClass="max-md:fixed inset-x-3 top-12 md:inset-x-auto md:top-auto md:bottom-full md:left-0 md:mb-1 md:w-96"
      summary={
        <>
          <BellDrawing />
          <span aria-hidden="true" className="hidden flex-1 text-left md:block">
            Notices
          </span>
          {unread > 0 && (
            <span
              aria-hidden="true"
              className="rounded-full bg-warn-soft px-1.5 text-xs leading-4 font-semibold text-warn max-md:absolute max-md:top-0.5 max-md:left-1/2 max-md:px-1 max-md:text-[0.6875rem]"
            >
              {countWords(unread)}
            </span>
          )}
        </>
      }
    >
      <NoticePanel
        project={project}
        list={data}
        error={error}
        onOpen={open}
        onReadAll={() => void read()}
        browser={browser}
      />
    </Disclosure>
  )
}

function BellDrawing() {
  return (
    <svg
      aria-hidden="true"
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      className="size-4 shrink-0"
    >
      <path d="M8 2.25A3.75 3.75 0 0 0 4.25 6v2.5L3 11h10l-1.25-2.5V6A3.75 3.75 0 0 0 8 2.25ZM6.5 13.25a1.6 1.6 0 0 0 3 0" />
    </svg>
  )
}
