import type { SeenApproval } from '@/lib/approvals/schemas'
import * as say from '@/words/approvals/outcome'
import { Badge } from '../ui/badge'
import { spanWords } from '../ui/duration'
import { Age } from '../ui/time'
import { UntrustedText } from '../ui/untrusted-text'

/** The name where there is one, else the address. */
function reviewerName(approval: SeenApproval): string {
  const reviewer = approval.decision?.reviewer
  return reviewer?.name ?? reviewer?.email ?? say.aReviewer
}

/** Who ended the wait, when, and after how long; nobody's expiry never reads like a person's refusal. */
export function OutcomeLine({ approval }: { approval: SeenApproval }) {
  const { status, decision, wait_ms: waitMs } = approval
  const waited = waitMs === null ? null : spanWords(waitMs)
  if (decision) {
    return (
      <span>
        {say.outcomeBy(
          status === 'approved'
            ? 'approve'
            : decision.decision === 'request_changes'
              ? 'request_changes'
              : 'reject',

          <span className="font-medium text-ink" title={decision.reviewer.email}>
            {reviewerName(approval)}
          </span>,
          <Age at={decision.at} isLong />,
        )}
        {waited !== null && say.afterSpan(waited)}
        {decision.via === 'api' && say.byTheApi}
        {decision.via === 'mcp' && say.atAnMcpClient}
        {decision.override && (
          <>
            {' '}
            <Badge tone="danger" icon="warning">
              {say.breakGlass}
            </Badge>
          </>
        )}
      </span>
    )
  }
  if (status === 'expired') {
    return <span>{say.nobodyDecided(<Age at={approval.expires_at} isLong />)}</span>
  }
  if (approval.denied) return <span>{say.refusedWithoutAsking}</span>
  return (
    <span>
      {status === 'cancelled'
        ? waited === null
          ? say.withdrawn
          : say.withdrawnAfter(waited)
        : say.waitingForADecision}
    </span>
  )
}

/** The reviewer's words. */
export function Reason({ approval }: { approval: SeenApproval }) {
  const reason = approval.decision?.reason
  if (!reason) return null
  return (
    <p className="border-l-2 border-line-strong pl-2.5 text-sm text-muted">
      <span className="sr-only">{say.reasonBefore} </span>
      <UntrustedText text={reason} maxCharacters={400} className="text-ink" />
    </p>
  )
}

/** Who ended the wait, and the words with it. */
export function Outcome({ approval }: { approval: SeenApproval }) {
  return (
    <>
      <OutcomeLine approval={approval} />
      <Reason approval={approval} />
    </>
  )
}
