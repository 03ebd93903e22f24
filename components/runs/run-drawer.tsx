'use client'

import { usePathname, useRouter } from 'next/navigation'
import type { ReactNode } from 'react'
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
        // A plain link: the router would open the drawer again.
        <a href={pages.run(project, runId)} className={buttonClass({ size: 'sm', variant: 'ghost' })}>
          <Icon name="external" className="size-3.5!" />
          <span className="max-sm:sr-only">{say.openAsPage}</span>
        </a>
      }
    />
  )
}
