'use client'

import { Button } from '@/components/ui/button'
import { DrawerBody, DrawerHeader } from '@/components/ui/drawer'
import { ErrorState } from '@/components/ui/error-state'

export default function RunDrawerError({ retry }: { error: unknown; retry: () => void }) {
  return (
    <>
      <DrawerHeader title="Run" />
      <DrawerBody>
        <ErrorState title="This run could not be read" action={<Button onClick={retry}>Try again</Button>}>
          Nothing was decided.
        </ErrorState>
      </DrawerBody>
    </>
  )
}
