'use client'

import { Button } from '@/components/ui/button'
import { Centered } from '@/components/ui/centered'

export default function PageError({ error, retry }: { error: unknown; retry: () => void }) {
  return (
    <Centered title="This page could not be read">
      <p>
        Nothing was decided and nothing was lost. The database may be out of reach for a moment; agents go on
        waiting meanwhile.
      </p>
      <ErrorNumber error={error} />
      <Button variant="primary" onClick={retry}>
        Try again
      </Button>
    </Centered>
  )
}

/** The number under which the server's log has the error. */
function ErrorNumber({ error }: { error: unknown }) {
  if (!(error instanceof Error) || !('digest' in error) || typeof error.digest !== 'string') return null
  return (
    <p className="text-sm">
      Number in the server&apos;s log: <code className="code">{error.digest}</code>
    </p>
  )
}
