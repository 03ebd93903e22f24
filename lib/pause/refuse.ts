import type { ApprovalRecord } from '@/db/queries/approvals'
import type { Pause } from '@/db/queries/pause'
import { approvalToWire } from '@/lib/approvals/wire'
import { projectArchived } from '@/lib/archive/refuse'
import type { Context } from '@/lib/context'
import { AppError } from '@/lib/errors'
import { linkBase } from '@/lib/paths'
import { pausedToWire } from './wire'

const archivedWords = 'stop, and do not run the tool.'

/** Seconds after which whoever was refused may try again. */
const retrySeconds = '60'

/**
 * Says that nothing of an agent is released: `agent_paused`, or, for good, `project_archived`.
 * @param on the pause, or a paused agent's approval, which the refusal then carries
 * @param what is to be done, as the end of a sentence
 */
export function agentPaused(ctx: Context, on: Pause | ApprovalRecord, what: string): AppError {
  const pause = 'of' in on ? on : on.pause
  const approval = 'of' in on ? {} : { approval: approvalToWire(on, linkBase(ctx)) }
  if (pause?.of === 'archive') return projectArchived(archivedWords, approval)
  const words = pause?.of === 'project' ? 'Everything in this project is paused' : 'This agent is paused'
  return new AppError('agent_paused', `${words}: ${what}`, {
    members: {
      ...(pause && { paused: pausedToWire(pause) }),
      ...approval,
    },
    headers: { 'Retry-After': retrySeconds },
  })
}
