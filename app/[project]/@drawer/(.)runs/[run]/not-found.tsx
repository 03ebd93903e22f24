import { DrawerBody, DrawerHeader } from '@/components/ui/drawer'
import * as say from '@/words/pages/run'

export default function RunDrawerNotFound() {
  return (
    <>
      <DrawerHeader title={say.noSuchRun} />
      <DrawerBody>
        <p className="text-muted">{say.thisProjectHasNone}</p>
      </DrawerBody>
    </>
  )
}
