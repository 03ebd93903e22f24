import { hash } from 'node:crypto'
import { findAgent } from '@/db/queries/agents'
import { recordRefusals } from '@/lib/audit/record-refusals'
import type { Context } from '@/lib/context'
import { AppError, type ErrorCode } from '@/lib/errors'

const recorded = new Set<ErrorCode>(['invalid_policy', 'deploys_by_people'])
/** Of the errors of a file. */
const mostErrors = 20

/**
 * Records that a file was refused: where it is wrong, and its digest in place of its text, once an hour
 * for each credential, code and agent. It is done before the
 * refusal is answered and by itself, for the refusal has undone whatever was begun.
 * @param refusal what was thrown; anything but such a refusal is left alone
 */
export async function recordRefusedDeploy(
  ctx: Context,
  { name, config }: { name: string; config: string },
  refusal: unknown,
): Promise<void> {
  if (!(refusal instanceof AppError) || !recorded.has(refusal.code)) return
  const errors = refusal.errors ?? []
  const agent = await findAgent(ctx.db, ctx.project.id, name)
  const entry = {
    action: 'agent.deploy_refused' as const,
    target: { type: 'agent', id: agent?.id ?? name, label: name },
    detail: {
      code: refusal.code,
      config_digest: `sha256:${hash('sha256', config)}`,
      count: errors.length,
      errors: errors.slice(0, mostErrors).map(({ pointer, line = null, column = null }) => ({
        pointer: [...pointer.replace(/\p{Surrogate}/gu, '\ufffd')].slice(0, 200).join(''),
        line,
        column,
      })),
    },
  }
  await recordRefusals(ctx.db, ctx, [entry])
}
