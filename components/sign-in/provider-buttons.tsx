'use client'

import { signIn } from 'next-auth/react'
import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { FieldError } from '@/components/ui/field'
import * as say from '@/words/sign-in/provider-buttons'

type ProviderButtonsProps = { providers: { id: string; name: string }[]; returnTo: string }

/** A button for each provider that the settings name; the browser leaves for the provider's page. */
export function ProviderButtons({ providers, returnTo }: ProviderButtonsProps) {
  const [busy, setBusy] = useState<string | null>(null)
  const [hasFailed, setHasFailed] = useState(false)

  async function leave(id: string) {
    setBusy(id)
    setHasFailed(false)
    try {
      await signIn(id, { callbackUrl: returnTo })
    } catch {
      setHasFailed(true)
      setBusy(null)
    }
  }

  return (
    <div className="space-y-2">
      {providers.map(({ id, name }) => (
        <Button key={id} size="lg" className="w-full" isBusy={busy === id} onClick={() => void leave(id)}>
          {say.continueWith(name)}
        </Button>
      ))}
      <div role="alert">{hasFailed && <FieldError>{say.serverCannotBeReached}</FieldError>}</div>
    </div>
  )
}
