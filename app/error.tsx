'use client'

import { Button } from '@/components/ui/button'
import { Centered } from '@/components/ui/centered'
import * as say from '@/words/pages/start'
import * as shared from '@/words/shared'

export default function PageError({ error, retry }: { error: unknown; retry: () => void }) {
  return (
    <Centered title={say.couldNotBeRead}>
      <p>{say.nothingWasLost}</p>
      <Said error={error} />
      <ErrorNumber error={error} />
      <Button variant="primary" onClick={retry}>
        {shared.tryAgain}
      </Button>
    </Centered>
  )
}

/** What the server said, where it said it in words; of a failure of its own it says nothing but a number. */
function Said({ error }: { error: unknown }) {
  if (!(error instanceof Error) || 'digest' in error || error.message === '') return null
  return <p className="wrap-anywhere">{error.message}</p>
}

/** The number under which the server's log has the error. */
function ErrorNumber({ error }: { error: unknown }) {
  if (!(error instanceof Error) || !('digest' in error) || typeof error.digest !== 'string') return null
  return (
    <p className="text-sm">
      {say.numberInTheLog} <code className="code">{error.digest}</code>
    </p>
  )
}
