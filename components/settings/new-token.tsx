'use client'

import type { CreatedKey } from '@/lib/keys/schemas'
import { pages } from '@/lib/paths'
import { tryCommand } from '@/lib/try-it'
import * as say from '@/words/settings/new-token'
import { Button } from '../ui/button'
import { CopyButton } from '../ui/copy-button'
import { Command } from '../ui/empty-state'

type NewTokenProps = { made: CreatedKey; appUrl: string; agent: string | undefined; onClose: () => void }

/** The token of a key that was just made, and a call to try it with. */
export function NewToken({ made, appUrl, agent, onClose }: NewTokenProps) {
  return (
    <div className="space-y-4 text-sm">
      <div className="flex items-center gap-2 rounded-sm border border-line bg-sunken px-3 py-2">
        <code className="code min-w-0 flex-1 wrap-anywhere" data-testid="new-token">
          {made.token}
        </code>
        <CopyButton text={made.token} label={say.copyToken} />
      </div>
      <div>
        <p className="mb-1 text-muted">{say.tryIt}</p>
        <Command text={tryCommand(appUrl, made, agent)} />
      </div>
      <div className="flex flex-wrap items-center justify-between gap-2">
        <a href={pages.docs('quickstart')} target="_blank" className="link">
          {say.whatToDoWithIt}
        </a>
        <Button onClick={onClose}>{say.iHaveCopiedIt}</Button>
      </div>
    </div>
  )
}
