import type { Queryable } from '@/db/client'
import { lookAtApproval, type Looked } from '@/db/queries/look'
import type { Context } from '@/lib/context'
import { shownBy } from '@/lib/rights'
import type { Wake } from '@/lib/wake/wake'
import { expireRuns } from './expire-runs'
import type { RunState } from './settlement'

/**
 * Looks at an approval to act on it, with what the credential opens; what is due of its run has expired by then, unless
 * somebody else holds the run (`hasDue`).
 * @param wakes is told what expired
 * @returns undefined where the credential or the approval is not there
 */
export async function lookToAct(
  db: Queryable,
  ctx: Context,
  approvalId: string,
  wakes: Wake[],
): Promise<Looked | undefined> {
  const look = { ...shownBy(ctx.actor), projectId: ctx.project.id, approvalId }
  const seen = await lookAtApproval(db, look)
  if (!seen?.hasDue) return seen
  wakes.push(...(await expireRuns(db, [seen.runId])))
  return lookAtApproval(db, look)
}

/** The run of an approval, as it was seen with it. */
export function runOf(seen: Looked): RunState {
  return {
    id: seen.runId,
    projectId: seen.projectId,
    agentName: seen.agentName,
    externalId: seen.runExternalId,
    status: seen.runStatus,
    pendingCount: seen.pendingCount,
    startedAt: seen.runStartedAt,
    error: null,
    finishedAt: null,
    auditRuns: seen.auditRuns,
  }
}
