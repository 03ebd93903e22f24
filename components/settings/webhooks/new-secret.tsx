'use client'

import Link from 'next/link'
import { pages } from '@/lib/paths'
import type { WebhookWithSecret } from '@/lib/webhooks/schemas'
import * as say from '@/words/settings/webhooks/new-secret'
import * as shared from '@/words/shared'
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
        {isStandard ? say.copySecretNow : say.signedToo}
        {isRotated && ` ${say.oldSecretFor24Hours}`}
      </p>
      <div className="flex items-center gap-2 rounded-sm border border-line bg-sunken px-3 py-2">
        <code className="code min-w-0 flex-1 wrap-anywhere" data-testid="new-secret">
          {webhook.secret}
        </code>
        <CopyButton text={webhook.secret} label={say.copySigningSecret} />
      </div>
      <div className="flex flex-wrap justify-end gap-2">
        {!isRotated && (
          <Link href={pages.webhook(project, webhook.id)} className={buttonClass()}>
            {say.openToSendATest}
          </Link>
        )}
        <Button onClick={onClose}>{isStandard ? say.iHaveCopiedIt : shared.close}</Button>
      </div>
    </div>
  )
}
