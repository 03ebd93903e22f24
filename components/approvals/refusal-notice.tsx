import type { SeenApproval } from '@/lib/approvals/schemas'
import { Notice } from '../ui/page-header'
import type { Trouble } from '../ui/trouble'
import { OutcomeLine } from './outcome'

const lateCodes = new Set<Trouble['code']>(['already_decided', 'expired', 'cancelled'])

/** Why a decision was not recorded, and what the reviewer can do. Read out when it appears. */
export function RefusalNotice({ refusal, approval }: { refusal: Trouble; approval: SeenApproval }) {
  return (
    <div role="alert">
      <Notice tone={refusal.code === 'own_request' || lateCodes.has(refusal.code) ? 'warn' : 'danger'}>
        <p className="font-medium">{titleOf(refusal.code, approval.edited !== null)}</p>
        <p className="text-muted">
          {isOverByRun(approval) ? (
            approval.next.message
          ) : lateCodes.has(refusal.code) && approval.status !== 'pending' ? (
            <OutcomeLine approval={approval} />
          ) : (
            refusal.detail
          )}
        </p>
      </Notice>
    </div>
  )
}

/** Withdrawn with its run, by an archive or the run's end: what it says then is for everybody. */
export function isOverByRun({ status, next }: SeenApproval): boolean {
  return status === 'cancelled' && next.action === 'stop'
}

function titleOf(code: Trouble['code'], isEdited: boolean): string {
  switch (code) {
    case 'own_request':
      return 'This is your own request. Nothing was decided.'
    case 'already_decided':
      return 'Somebody was faster: your decision was not recorded.'
    case 'expired':
      return 'Too late: the deadline passed before your decision.'
    case 'cancelled':
      return 'This request was withdrawn before your decision.'
    case 'digest_mismatch':
      return isEdited
        ? 'Somebody changed the params meanwhile. Above is what is in force now; what you had typed is kept.'
        : 'This is not the request that the page showed. Nothing was decided.'
    case 'edit_not_allowed':
    case 'edit_needs_other_rule':
      return 'This cannot be changed so. Nothing was decided.'
    case 'edit_unchanged':
      return 'Nothing differs from what the agent asked for. Nothing was decided.'
    case 'not_a_reviewer':
    case 'excluded':
      return 'Others decide on this. Nothing was decided.'
    case 'unanswered':
      return 'No answer from the server.'
    case 'forbidden':
      return 'Your role does not allow decisions any more.'
    case 'unauthenticated':
      return 'You are signed out. Nothing was decided.'
    default:
      return 'Nothing was decided.'
  }
}
