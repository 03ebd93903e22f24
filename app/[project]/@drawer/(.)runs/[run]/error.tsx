'use client'

import { Button } from '@/components/ui/button'
import { DrawerBody, DrawerHeader } from '@/components/ui/drawer'
import { ErrorState } from '@/components/ui/error-state'
import * as say from '@/words/pages/run'
import * as shared from '@/words/shared'

export default function RunDrawerError({ retry }: { error: unknown; retry: () => void }) {
  return (
    <>
      <DrawerHeader title={say.run} />
      <DrawerBody>
        <ErrorState title={say.couldNotBeRead} action={<Button onClick={retry}>{shared.tryAgain}</Button>}>
          {say.nothingWasDecided}
        </ErrorState>
      </DrawerBody>
    </>
  )
}
