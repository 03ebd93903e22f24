'use client'

import { useState } from 'react'
import type { MarkReadInput } from '@/lib/notices/schemas'
import * as say from '@/words/frame/bell'
import { Icon } from '../ui/icon'
import { late } from '../ui/late'
import { useToast } from '../ui/toast'
import { useAction, type Action } from '../ui/use-action'
import { useBrowserNotices } from './browser-notices'
import { Disclosure } from './disclosure'
import type { NoticeLine } from './notice-lines'
import { countWords, useNotices } from './notices'
import type { PushActions } from './push'

/** Read when it is opened. */
const NoticePanel = late(
  () => import('./notice-panel').then((module) => module.NoticePanel),
  <div className="h-80" />,
)

/** Marks notices as read; without ids, all of them. */
export type MarkRead = Action<MarkReadInput, unknown>

type BellProps = { project: string; markRead: MarkRead; push: PushActions }

/** What the person was told in this project, with the number of what is unread. */
export function Bell({ project, markRead, push }: BellProps) {
  const { data, error, mutate } = useNotices()
  const [timesClosed, setTimesClosed] = useState(0)
  const toast = useToast()
  const browser = useBrowserNotices(project, data?.items, push)
  const { send } = useAction(markRead, {
    unanswered: say.nothingWasMarkedAsRead,
    refreshes: false,
    onTrouble: ({ detail }) => toast({ tone: 'danger', text: detail }),
    onSettled: () => void mutate(),
  })

  function open({ unreadIds }: NoticeLine) {
    setTimesClosed(timesClosed + 1)
    if (unreadIds.length > 0) send(project, { ids: unreadIds })
  }

  const unread = data?.unread ?? 0
  return (
    <Disclosure
      // A followed link closes the panel.
      key={timesClosed}
      label={unread === 0 ? say.notices : say.noticesUnread(unread)}
      summaryClass="relative flex size-9 items-center justify-center gap-2.5 rounded-sm text-sm text-muted hover:bg-sunken hover:text-ink md:h-8 md:w-full md:justify-start md:px-2"
      panelClass="max-md:fixed inset-x-3 top-12 md:inset-x-auto md:top-auto md:bottom-full md:left-0 md:mb-1 md:w-96"
      summary={
        <>
          <Icon name="bell" />
          <span aria-hidden="true" className="hidden flex-1 text-left md:block">
            {say.notices}
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
        onReadAll={() => send(project, {})}
        browser={browser}
      />
    </Disclosure>
  )
}
