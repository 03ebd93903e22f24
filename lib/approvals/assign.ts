import { and, eq } from 'drizzle-orm'
import { z } from 'zod'
import { findMember } from '@/db/queries/members'
import { approvals } from '@/db/schema/approvals'
import { recordAudit } from '@/lib/audit/record'
import { hasRole } from '@/lib/context'
import { AppError } from '@/lib/errors'
import { tellDirectly } from '@/lib/notices/tell-directly'
import { idText } from '@/lib/query'
import { verb } from '@/lib/verb'
import { actOnPending, addEvent, refusesOfPending } from './act-on-pending'
import { Approval, ApprovalById } from './schemas'

const AssignInput = z
  .strictObject({ user_id: idText('user').nullable().meta({ description: 'Null: nobody in particular.' }) })
  .meta({ id: 'AssignInput' })

/**
 * Says who takes care of a request that waits. It changes nothing of who may decide; the same again writes nothing.
 * @throws AppError what `actOnPending` throws; `invalid_input` at `/user_id` for who is no member or a viewer
 */
export const assignVerb = verb(
  {
    summary: 'Say who takes care of a request',
    need: 'reviewer',
    judgesItself: true,
    path: ApprovalById,
    input: AssignInput,
    output: Approval,
    refuses: refusesOfPending,
    bucket: 'decide',
  },
  (given, { id, user_id: userId }) =>
    actOnPending(given, id, async (tx, ctx, seen) => {
      if (userId === seen.assigneeId) return undefined
      const member = userId === null ? undefined : await findMember(tx, ctx.project.id, userId, true)
      if (userId !== null && (!member?.joinedAt || !hasRole(member.role, 'reviewer'))) return noReviewer()
      await tx
        .update(approvals)
        .set({ assigneeId: userId })
        .where(and(eq(approvals.projectId, ctx.project.id), eq(approvals.id, id)))
      await recordAudit(tx, ctx, {
        action: 'approval.assigned',
        target: { type: 'approval', id, label: seen.tool },
        detail: {
          agent: seen.agentName,
          run_id: seen.runId,
          tool: seen.tool,
          user_id: userId,
          to: member?.email ?? null,
          former_id: seen.assigneeId,
        },
      })
      await addEvent(tx, seen, 'assigned')
      if (userId !== null && userId !== ctx.actor.id) await tellDirectly(tx, id, [userId], 'assigned')
      return undefined
    }),
)

function noReviewer(): AppError {
  const detail = 'Somebody who may decide in this project: a member with the role reviewer or higher.'
  return new AppError('invalid_input', `${detail} (/user_id)`, { errors: [{ pointer: '/user_id', detail }] })
}
