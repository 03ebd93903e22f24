'use client'

import { usePathname, useRouter } from 'next/navigation'
import type { MouseEvent, ReactNode } from 'react'
import { pages } from '@/lib/paths'
import * as say from '@/words/runs/run-drawer'
import { buttonClass } from '../ui/button'
import { Drawer, DrawerHeader } from '../ui/drawer'
import { Icon } from '../ui/icon'

/**
 * Closes by going back, so that the address, the browser's back and the cross agree. Next keeps a slot's last
 * content when another page is gone to, so the address itself says whether the drawer is open.
 */
export function RunDrawer({ children }: { children: ReactNode }) {
  const router = useRouter()
  const [, , part, run] = usePathname().split('/')
  return (
    <Drawer isOpen={part === 'runs' && run !== undefined} onClose={() => router.back()}>
      {children}
    </Drawer>
  )
}

function openAsPage(event: MouseEvent) {
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return
  event.preventDefault()
  location.reload()
}

/** The drawer's name, and the way to the same run as a page. */
export function RunDrawerHeader({
  project,
  runId,
  agent,
}: {
  project: string
  runId: string
  agent: string
}) {
  return (
    <DrawerHeader
      title={
        <>
          {say.runOf(agent)} <span className="code ml-1 font-normal text-muted">{runId}</span>
        </>
      }
      actions={
        // The address is that of the page already: the router would open the drawer again, and a plain link that is
        // without the step in it one more entry of the history.
        <a
          href={pages.run(project, runId)}
          onClick={openAsPage}
          className={buttonClass({ size: 'sm', variant: 'ghost' })}
        >
          <Icon name="external" className="size-3.5!" />
          <span className="max-sm:sr-only">{say.openAsPage}</span>
        </a>
      }
    />
  )
}
