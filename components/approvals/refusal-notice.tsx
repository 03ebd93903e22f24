import type { SeenApproval } from '@/lib/approvals/schemas'
import * as say from '@/words/approvals/refusal-notice'
import { Notice } from '../ui/notice'
import type { Trouble } from '../ui/trouble'
import { isOverByRun } from './ended-line'
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

function titleOf(code: Trouble['code'], isEdited: boolean): string {
  switch (code) {
    case 'own_request':
      return say.ownRequest
    case 'already_decided':
      return say.somebodyWasFaster
    case 'expired':
      return say.tooLate
    case 'cancelled':
      return say.withdrawnBefore
    case 'digest_mismatch':
      return isEdited ? say.paramsWereChanged : say.notWhatWasShown
    case 'edit_not_allowed':
    case 'edit_needs_other_rule':
      return say.cannotBeChangedSo
    case 'edit_unchanged':
      return say.nothingDiffers
    case 'not_a_reviewer':
    case 'excluded':
      return say.othersDecide
    case 'unanswered':
      return say.noAnswer
    case 'forbidden':
      return say.roleDoesNotAllow
    case 'unauthenticated':
      return say.signedOut
    default:
      return say.nothingWasDecided
  }
}
