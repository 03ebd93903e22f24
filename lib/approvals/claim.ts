import type { Queryable } from '@/db/client'
import type { ApprovalRecord } from '@/db/queries/approvals'
import { noteUse } from '@/db/queries/credentials'
import { claimItem } from '@/db/writes/claim'
import { auditValues, recordAudit } from '@/lib/audit/record'
import { renewed, requireAgentKey, type Context, type KeyActor } from '@/lib/context'
import { AppError } from '@/lib/errors'
import { digestOf } from '@/lib/json/digest'
import { linkBase } from '@/lib/paths'
import { agentPaused } from '@/lib/pause/refuse'
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
import { auditDetail } from './resolution'
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
 * `already_claimed`, `grant_expired`, `agent_paused`, `project_archived`; all of them carry the approval, and all but the
 * last two are audited
 */
export async function claimApproval(ctx: Context, input: ClaimInput & { id: string }): Promise<Claimed> {
  requireApprovalId(input.id)
  requireToolName(input.tool)
  const claim = { digest: digestOf(input.tool, input.params), hash: retryHash(input.id, input.claim_id) }
  const { actor } = ctx
  if (actor.type !== 'key') return refuseOthers(ctx)
  const { record, came } = await take({ ...ctx, actor }, input.id, claim, refuse)
  return { approval: approvalToWire(record, linkBase(ctx)), isReplay: came === 'again' }
}

/** What is claimed, and by which id. */
type Claim = { digest: string; hash: string | null }

/** Why a claim is not granted: by what became of the approval, or because nothing of its agent is released now. */
type Refusal = ClaimRefusal | 'agent_paused'

/** An approval after a claim, and what came of that: it was granted, now or to the same id before, or it was not. */
type Taken = { record: ApprovalRecord; came: 'granted' | 'again' | Refusal }

type OnRefusal = (
  db: Queryable,
  ctx: Context,
  seen: ApprovalRecord,
  code: Refusal,
  claim: Claim,
) => Promise<Taken | AppError>

async function take(ctx: Context<KeyActor>, id: string, claim: Claim, onRefusal: OnRefusal): Promise<Taken> {
  const { actor, project, db } = ctx
  const decided = takeDecided(db, id)
  if (decided?.projectId === project.id) {
    const wakes: Wake[] = []
    const taken = await grant(db, ctx, decided, claim, wakes)
    wake(db, wakes)
    if (taken) return taken
  }
  return actInRun(
    ctx,
    need,
    () => runOfApproval(ctx, id),
    async (on, wakes) => {
      const seen = await lookToAct(on, ctx, id, wakes)
      if (!seen?.scopes.includes('run')) return refuseAct(ctx, need)
      if (seen.hasDue) return undefined
      const known = { ...ctx, actor: { ...actor, label: seen.keyName ?? actor.label } }
      const refusal = whyNot(seen, claim)
      const isAgain = refusal === 'already_claimed' && isSameClaim(claimable(seen), claim.hash, seen.readAt)
      if (seen.pause && (!refusal || isAgain)) return onRefusal(on, known, seen, 'agent_paused', claim)
      if (!refusal) return grant(on, known, seen, claim, wakes)
      if (isAgain) return { record: seen, came: 'again' }
      return onRefusal(on, known, seen, refusal, claim)
    },
  )
}

/**
 * Claims for an ask what was approved by the time that it is answered: by the rules of a claim, and recorded as one.
 * Where it is not granted, that is no mistake of the caller's, whom the answer tells how the approval stands.
 * @returns the approval, and whether it is claimed by this very id
 * @throws AppError `unauthenticated`, `forbidden` where the right is gone
 */
export async function claimForAsk(
  ctx: Context,
  { id, digest }: ApprovalRecord,
  claimId: string,
): Promise<{ approval: ApprovalRecord; isClaimed: boolean }> {
  const { actor } = ctx
  if (actor.type !== 'key') return refuseOthers(ctx)
  const claim = { digest, hash: retryHash(id, claimId) }
  const { record, came } = await take({ ...ctx, actor }, id, claim, async (_, __, seen, code) => ({
    record: seen,
    came: code,
  }))
  return { approval: record, isClaimed: came === 'granted' || came === 'again' }
}

async function refuseOthers(given: Context): Promise<never> {
  requireAgentKey(await renewed(given), 'run')
  throw new Error('a claim was refused for no reason')
}

const claimable = (seen: ApprovalRecord) => ({ runFinished: isFinished(seen.runStatus), ...seen })

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
): Promise<Taken | undefined> {
  const { actor, project } = ctx
  if (whyNot(seen, claim)) return undefined
  const entry = auditValues(ctx, {
    action: 'approval.claimed',
    target: { type: 'approval', id: seen.id, label: seen.tool },
    detail: auditDetail(seen),
  })
  const item = {
    key_id: actor.id,
    project_id: project.id,
    approval_id: seen.id,
    run_id: seen.runId,
    agent_id: seen.agentId,
    seen_status: seen.runStatus,
    digest: claim.digest,
    claim_hash: claim.hash,
  }
  const written = await claimItem(db, item, { entries: [entry] })
  if (!written) return undefined
  if (written.is_stale) noteUse(ctx.db, actor.id)
  wakes.push({ projectId: project.id, approvalId: seen.id })
  const at = new Date(written.at)
  const record = { ...seen, claimedAt: at, claimedBy: actor.id, claimHash: claim.hash, readAt: at }
  return { record, came: 'granted' }
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
  code: Refusal,
  { digest }: Claim,
): Promise<AppError> {
  if (code === 'agent_paused') return agentPaused(ctx, approval, 'do not run the tool. Claim it later.')
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
      'agent_paused',
      'project_archived',
    ],
    bucket: 'claim',
    proves: true,
  },
  claimApproval,
)
