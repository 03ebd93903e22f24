import { RunSkeleton } from '@/components/runs/run-skeleton'
import { DrawerBody, DrawerHeader } from '@/components/ui/drawer'
import * as say from '@/words/pages/run'

export default function RunDrawerLoading() {
  return (
    <>
      <DrawerHeader title={say.run} />
      <DrawerBody>
        <RunSkeleton />
      </DrawerBody>
    </>
  )
}
