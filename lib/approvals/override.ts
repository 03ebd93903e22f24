import { eq } from 'drizzle-orm'
import type { Transaction } from '@/db/client'
import type { Looked } from '@/db/queries/look'
import { projects } from '@/db/schema/identity'
import { recordAudit } from '@/lib/audit/record'
import { hasRole, type Context, type MemberActor } from '@/lib/context'
import { AppError } from '@/lib/errors'
import { readJson } from '@/lib/json/read'
import { tellAtOnce } from '@/lib/notices/tell-at-once'
import { pages } from '@/lib/paths'
import { queueNamed } from '@/lib/webhooks/queue-named'
import type { Wake } from '@/lib/wake/wake'
import { conclude, wakesOf } from './conclude'
import { lookToAct } from './look'
import { lookedToWire } from './read'
import { isOwnRequest, ownRequestWords, refuseNow } from './refuse-decision'
import type { Approval, DecideInput } from './schemas'
import { keepTally, votingOf } from './voting'

type Overridden = { approval: Approval; isReplay: boolean }

/**
 * Approves against whatever the policy demands of who decides: break-glass, for an owner or admin in a browser, never
 * on what is done for themselves, where the project allows it at all. With the run held. The decision is marked,
 * everybody who may decide is told at once, and owners by mail.
 * @returns undefined where it was left alone
 */
export async function override(
  tx: Transaction,
  ctx: Context<MemberActor>,
  seen: Looked,
  reviewer: MemberActor,
  input: DecideInput & { override: { reason: string } },
  wakes: Wake[],
): Promise<Overridden | AppError | undefined> {
  const { reason } = input.override
  const [project] = await tx
    .select({ breakGlass: projects.breakGlass })
    .from(projects)
    .where(eq(projects.id, ctx.project.id))
    .for('share')
  const refusal =
    refuseRight(project?.breakGlass === true, ctx.actor, reviewer) ??
    (isOwnRequest(seen, reviewer) ? new AppError('own_request', ownRequestWords) : null) ??
    refuseNow(ctx, seen, 'approve', input.digest)
  if (refusal) return refusal
  const how = { change: 'decide', decision: 'approve', reason, reviewer, isOverride: true } as const
  const done = await conclude(tx, ctx, seen, reviewer, how)
  if (!done) return undefined
  const voting = votingOf(seen)
  if (voting) await keepTally(tx, seen.id, voting.tally)
  const by = { ...ctx, actor: reviewer }
  await recordAudit(tx, by, {
    action: 'approval.overridden',
    target: { type: 'approval', id: seen.id, label: seen.tool },
    detail: {
      agent: seen.agentName,
      run_id: seen.runId,
      tool_call_id: seen.toolCallId,
      digest: seen.digest,
      reason,
      requirement: seen.terms === null ? null : readJson(seen.terms),
    },
  })
  await queueNamed(tx, {
    projectId: ctx.project.id,
    type: 'approval.overridden',
    about: { approvalId: seen.id },
  })
  await tellAtOnce(tx, {
    kind: 'override',
    subject_id: seen.id,
    project_id: ctx.project.id,
    role: 'owner',
    title: `${seen.tool} was approved by break-glass`,
    words: `${reviewer.label} approved ${seen.tool} of ${seen.agentName} against what its policy demands: “${reason}”`,
    path: pages.approvals(ctx.project.slug, { approval: seen.id }),
    label: `Open ${seen.tool}`,
  })
  wakes.push(...wakesOf(done))
  const now = await lookToAct(tx, ctx, seen.id, wakes)
  return now && { approval: await lookedToWire(tx, ctx, now), isReplay: false }
}

function refuseRight(isOn: boolean, actor: MemberActor, reviewer: MemberActor): AppError | null {
  const detail = !isOn
    ? 'Break-glass is switched off in this project.'
    : !hasRole(reviewer.role, 'admin')
      ? 'Break-glass is for admins and owners.'
      : actor.sessionToken === null
        ? 'Break-glass takes a person signed in with a browser, not a token.'
        : null
  return detail === null ? null : new AppError('forbidden', detail)
}
