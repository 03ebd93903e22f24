'use client'

import type { CreatedKey } from '@/lib/keys/schemas'
import { Button } from '../ui/button'
import { CopyButton } from '../ui/copy-button'
import { Command } from '../ui/empty-state'

type NewTokenProps = { made: CreatedKey; appUrl: string; onClose: () => void }

/** The token of a key that was just made, and a call to try it with. */
export function NewToken({ made, appUrl, onClose }: NewTokenProps) {
  return (
    <div className="space-y-4 text-sm">
      <div className="flex items-center gap-2 rounded-sm border border-line bg-sunken px-3 py-2">
        <code className="code min-w-0 flex-1 wrap-anywhere" data-testid="new-token">
          {made.token}
        </code>
        <CopyButton text={made.token} label="Copy token" />
      </div>
      <div>
        <p className="mb-1 text-muted">Try it:</p>
        <Command text={tryCommand(made, appUrl)} />
      </div>
      <div className="flex justify-end">
        <Button onClick={onClose}>I have copied it</Button>
      </div>
    </div>
  )
}

/** A call that this key may make: asking where it has `run`, else reading. */
function tryCommand(made: CreatedKey, appUrl: string): string {
  const header = `-H 'Authorization: Bearer ${made.token}'`
  if (!made.scopes.includes('run')) {
    const path = made.kind === 'personal' || made.scopes.includes('read') ? '/api/approvals' : '/api/agents'
    return `curl ${appUrl}${path} ${header}`
  }
  const body = JSON.stringify({ agent: 'my-agent', tool: 'delete_order', params: { order_id: 'ORD-1' } })
  return `curl -X POST ${appUrl}/api/approvals ${header} -H 'Content-Type: application/json' -d '${body}'`
}
