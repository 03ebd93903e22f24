import type { ReactNode } from 'react'
import { RunDrawer } from '@/components/runs/run-drawer'

/** The drawer's frame stays while its run loads or another run is gone to, and with it the way focus returns. */
export default function RunDrawerLayout({ children }: { children: ReactNode }) {
  return <RunDrawer>{children}</RunDrawer>
}
