import { DrawerBody, DrawerHeader } from '@/components/ui/drawer'

export default function RunDrawerNotFound() {
  return (
    <>
      <DrawerHeader title="No such run" />
      <DrawerBody>
        <p className="text-muted">This project has no such run.</p>
      </DrawerBody>
    </>
  )
}
