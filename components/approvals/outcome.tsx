import type { SeenApproval } from '@/lib/approvals/schemas'
import { Badge } from '../ui/badge'
import { spanWords } from '../ui/duration'
import { Age } from '../ui/time'
import { UntrustedText } from '../ui/untrusted-text'

/** The name where there is one, else the address. */
function reviewerName(approval: SeenApproval): string {
  const reviewer = approval.decision?.reviewer
  return reviewer?.name ?? reviewer?.email ?? 'A reviewer'
}

/** Who ended the wait, when, and after how long; nobody's expiry never reads like a person's refusal. */
export function OutcomeLine({ approval }: { approval: SeenApproval }) {
  const { status, decision, wait_ms: waitMs } = approval
  const waited = waitMs === null ? null : `after ${spanWords(waitMs)}`
  if (decision) {
    return (
      <span>
        {status === 'approved'
          ? 'Approved'
          : decision.decision === 'request_changes'
            ? 'Changes asked for'
            : 'Rejected'}{' '}
        by{' '}
        <span className="font-medium text-ink" title={decision.reviewer.email}>
          {reviewerName(approval)}
        </span>{' '}
        <Age at={decision.at} isLong />
        {waited && `, ${waited}`}
        {decision.via === 'api' && ', by the API'}
        {decision.via === 'mcp' && ', at an MCP client'}
        {decision.override && (
          <>
            {' '}
            <Badge tone="danger" icon="warning">
              Break-glass
            </Badge>
          </>
        )}
      </span>
    )
  }
  if (status === 'expired') {
    return (
      <span>
        Nobody decided before the deadline <Age at={approval.expires_at} isLong />
      </span>
    )
  }
  if (approval.denied) return <span>Refused without asking: a person rejected the same call in this run</span>
  return <span>{status === 'cancelled' ? `Withdrawn ${waited ?? ''}` : 'Waiting for a decision'}</span>
}

/** The reviewer's words. */
export function Reason({ approval }: { approval: SeenApproval }) {
  const reason = approval.decision?.reason
  if (!reason) return null
  return (
    <p className="border-l-2 border-line-strong pl-2.5 text-sm text-muted">
      <span className="sr-only">Reason: </span>
      <UntrustedText text={reason} maxCharacters={400} className="text-ink" />
    </p>
  )
}
