import { RunSkeleton } from '@/components/runs/run-skeleton'
import { DrawerBody, DrawerHeader } from '@/components/ui/drawer'

export default function RunDrawerLoading() {
  return (
    <>
      <DrawerHeader title="Run" />
      <DrawerBody>
        <RunSkeleton />
      </DrawerBody>
    </>
  )
}
