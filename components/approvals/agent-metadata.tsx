import type { SeenApproval } from '@/lib/approvals/schemas'
import * as say from '@/words/approvals/agent-metadata'
import { UntrustedText } from '../ui/untrusted-text'

/** Where the agent says that the call comes from, name by name. */
export function AgentMetadata({ metadata }: { metadata: NonNullable<SeenApproval['metadata']> }) {
  return (
    <div className="rounded-sm border border-line bg-surface px-3 py-2">
      <p className="mb-0.5 text-xs font-medium text-muted">{say.agentSaysWhereFrom}</p>
      <dl className="space-y-0.5 text-sm">
        {Object.entries(metadata).map(([name, text]) => (
          <div key={name} className="flex flex-wrap gap-x-2">
            <dt className="text-muted">
              <UntrustedText text={name} singleLine isBrief />
            </dt>
            <dd className="min-w-0">
              <UntrustedText text={text} maxCharacters={400} />
            </dd>
          </div>
        ))}
      </dl>
    </div>
  )
}
