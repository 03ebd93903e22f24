import type { Queryable } from '@/db/client'
import type { ApprovalRecord } from '@/db/queries/approvals'
import { noteUse } from '@/db/queries/credentials'
import { claimItem } from '@/db/writes/claim'
import { auditValues, recordAudit } from '@/lib/audit/record'
import { renewed, requireAgentKey, type Context, type KeyActor } from '@/lib/context'
import { AppError } from '@/lib/errors'
import { digestOf } from '@/lib/json/canonical'
import { linkBase } from '@/lib/paths'
import { refuseAct } from '@/lib/rights'
import { actInRun } from '@/lib/runs/in-run'
import { runOfApproval } from '@/lib/runs/lock'
import { isFinished } from '@/lib/runs/statuses'
import { wake, type Wake } from '@/lib/wake/wake'
import { requireToolName } from './ask-input'
import { requireApprovalId } from './id'
import { takeDecided } from './lately-decided'
import { lookToAct } from './look'
import { Approval, ApprovalById, ClaimInput } from './schemas'
import { auditDetail } from './settlement'
import { retryHash } from './retry-hash'
import { grantMinutes, isSameClaim, refuseClaim, type ClaimRefusal } from './transition'
import { approvalToWire } from './wire'
import { verb } from '@/lib/verb'

const need = { scope: 'run' } as const

/** A claim that was granted, now or to the same `claim_id` before. */
export type Claimed = { approval: Approval; isReplay: boolean }

/**
 * Grants the one use of an approval: the same run, tool and params, within the grant, once. Released
 * means that this said yes. The same `claim_id` again, until the grant or the call is over, is told so again, and
 * nothing is written. Where this process has just written the decision, no look is needed first.
 * @throws AppError `agent_key_required`, `not_found`, `not_approved`, `run_finished`, `params_mismatch`,
 * `already_claimed`, `grant_expired`; the refusals carry the approval and are audited
 */
export async function claimApproval(ctx: Context, input: ClaimInput & { id: string }): Promise<Claimed> {
  requireApprovalId(input.id)
  requireToolName(input.tool)
  const claim = { digest: digestOf(input.tool, input.params), hash: retryHash(input.id, input.claim_id) }
  const { actor, project, db } = ctx
  if (actor.type !== 'key') return refuseOthers(ctx)
  const decided = takeDecided(db, input.id)
  if (decided?.projectId === project.id) {
    const wakes: Wake[] = []
    const answer = await grant(db, { ...ctx, actor }, decided, claim, wakes)
    wake(db, wakes)
    if (answer) return answer
  }
  return actInRun(ctx, need, runOfApproval(ctx, input.id), async (on, wakes) => {
    const seen = await lookToAct(on, ctx, input.id, wakes)
    if (!seen?.scopes.includes('run')) return refuseAct(ctx, need)
    if (seen.hasDue) return undefined
    const known = { ...ctx, actor: { ...actor, label: seen.keyName ?? actor.label } }
    const refusal = whyNot(seen, claim)
    if (!refusal) return grant(on, known, seen, claim, wakes)
    if (refusal === 'already_claimed' && isSameClaim(claimable(seen), claim.hash, seen.readAt))
      return { approval: approvalToWire(seen, linkBase(ctx)), isReplay: true }
    return refuse(on, known, seen, refusal, claim)
  })
}

/** What is claimed, and by which id. */
type Claim = { digest: string; hash: string | null }

async function refuseOthers(given: Context): Promise<never> {
  requireAgentKey(await renewed(given), 'run')
  throw new Error('a claim was refused for no reason')
}

const claimable = (seen: ApprovalRecord) => ({ ...seen, runFinished: isFinished(seen.runStatus) })

function whyNot(seen: ApprovalRecord, { digest }: Claim): ClaimRefusal | null {
  return refuseClaim(claimable(seen), digest === seen.digest, seen.readAt)
}

/** @returns undefined where it is not as it was seen, or may not be */
async function grant(
  db: Queryable,
  ctx: Context<KeyActor>,
  seen: ApprovalRecord,
  claim: Claim,
  wakes: Wake[],
): Promise<Claimed | undefined> {
  const { actor, project } = ctx
  if (whyNot(seen, claim)) return undefined
  const entry = auditValues(ctx, {
    action: 'approval.claimed',
    target: { type: 'approval', id: seen.id, label: seen.tool },
    detail: auditDetail(seen),
  })
  const written = await claimItem(db, {
    key_id: actor.id,
    project_id: project.id,
    approval_id: seen.id,
    run_id: seen.runId,
    seen_status: seen.runStatus,
    digest: claim.digest,
    claim_hash: claim.hash,
    entries: [entry],
  })
  if (!written) return undefined
  if (written.is_stale) noteUse(ctx.db, actor.id)
  wakes.push({ projectId: project.id, approvalId: seen.id })
  const at = new Date(written.at)
  const claimed = { ...seen, claimedAt: at, claimedBy: actor.id, claimHash: claim.hash, readAt: at }
  return { approval: approvalToWire(claimed, linkBase(ctx)), isReplay: false }
}

const words: Record<ClaimRefusal, string> = {
  not_approved: 'The call is not approved; do not run the tool.',
  run_finished: 'The run has ended; do not run the tool.',
  params_mismatch: 'Tool or params are not those that were approved; do not run the tool.',
  already_claimed: 'The approval was used already; it covers one use.',
  grant_expired: `The approval was not used within ${grantMinutes} minutes; ask again with a new tool_call_id.`,
}

async function refuse(
  db: Queryable,
  ctx: Context,
  approval: ApprovalRecord,
  code: ClaimRefusal,
  { digest }: Claim,
): Promise<AppError> {
  await recordAudit(db, ctx, {
    action: 'approval.claim_refused',
    target: { type: 'approval', id: approval.id, label: approval.tool },
    detail: {
      code,
      status: approval.status,
      digest: approval.digest,
      claimed_digest: digest,
      run_id: approval.runId,
    },
  })
  return new AppError(code, words[code], { members: { approval: approvalToWire(approval, linkBase(ctx)) } })
}

export const claimVerb = verb(
  {
    summary: 'Take the one use of an approval',
    need,
    path: ApprovalById,
    input: ClaimInput,
    output: Approval,
    refuses: [
      'invalid_tool_name',
      'not_found',
      'not_approved',
      'params_mismatch',
      'already_claimed',
      'grant_expired',
      'run_finished',
    ],
    bucket: 'claim',
    proves: true,
  },
  claimApproval,
)
