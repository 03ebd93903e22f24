'use client'

import Link from 'next/link'
import { pages } from '@/lib/paths'
import type { WebhookWithSecret } from '@/lib/webhooks/schemas'
import { Button, buttonClass } from '../../ui/button'
import { CopyButton } from '../../ui/copy-button'

type NewSecretProps = {
  project: string
  webhook: WebhookWithSecret
  isRotated?: boolean
  onClose: () => void
}

/** The signing secret of a webhook that was just made or rotated, and where to go next. */
export function NewSecret({ project, webhook, isRotated = false, onClose }: NewSecretProps) {
  const isStandard = webhook.format === 'standard'
  return (
    <div className="space-y-4 text-sm">
      <p>
        {isStandard
          ? 'Copy the signing secret now: it is not shown again. Your server checks the webhook-signature header with it.'
          : 'What is sent is signed too, for whoever wants to check it on the way; the service itself does not need this secret.'}
        {isRotated && ' For 24 hours, what is sent carries a signature by the old one as well.'}
      </p>
      <div className="flex items-center gap-2 rounded-sm border border-line bg-sunken px-3 py-2">
        <code className="code min-w-0 flex-1 wrap-anywhere" data-testid="new-secret">
          {webhook.secret}
        </code>
        <CopyButton text={webhook.secret} label="Copy signing secret" />
      </div>
      <div className="flex flex-wrap justify-end gap-2">
        {!isRotated && (
          <Link href={pages.webhook(project, webhook.id)} className={buttonClass()}>
            Open it to send a test
          </Link>
        )}
        <Button onClick={onClose}>{isStandard ? 'I have copied it' : 'Close'}</Button>
      </div>
    </div>
  )
}
