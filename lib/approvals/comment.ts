import { hash } from 'node:crypto'
import { and, eq, sql } from 'drizzle-orm'
import type { Transaction } from '@/db/client'
import { listComments, listParticipants, type CommentRecord } from '@/db/queries/comments'
import { findMember } from '@/db/queries/members'
import { approvals, comments } from '@/db/schema/approvals'
import { recordAudit } from '@/lib/audit/record'
import type { Context } from '@/lib/context'
import { AppError, notFound } from '@/lib/errors'
import { newId } from '@/lib/ids'
import { reader, rightOf } from '@/lib/need'
import { tellDirectly } from '@/lib/notices/tell-directly'
import { listOf, Paging } from '@/lib/query'
import { assertStillAllowed } from '@/lib/rights'
import { inRun } from '@/lib/runs/in-run'
import { runOfApproval } from '@/lib/runs/lock'
import { verb } from '@/lib/verb'
import { addEvent } from './act-on-pending'
import { Comment, CommentInput } from './comment-schemas'
import { requireApprovalId } from './id'
import { getApproval } from './read'
import { ApprovalById } from './schemas'

const mostComments = 1000

const need = { role: 'viewer', scopes: ['run'] } as const

/**
 * Says something about a request, whatever became of it; agents may too, under the name of their key.
 * @throws AppError `forbidden`, `invalid_id`, `not_found`, `invalid_input` at `/mention/…` for who is no member,
 * `conflict` where a thousand were said
 */
export const commentVerb = verb(
  {
    summary: 'Say something about a request',
    need,
    path: ApprovalById,
    input: CommentInput,
    output: Comment,
    status: 201,
    refuses: ['not_found', 'conflict'],
    bucket: 'decide',
  },
  (ctx, { id, body, mention = [] }) => {
    requireApprovalId(id)
    return inRun(ctx, runOfApproval(ctx, id), async (tx, { now, wakes }) => {
      await assertStillAllowed(tx, ctx, rightOf(ctx, need))
      const { actor, project } = ctx
      if (actor.type === 'system') throw new AppError('forbidden', 'A command says nothing.')
      await requireMembers(tx, ctx, mention)
      const isIt = and(eq(approvals.projectId, project.id), eq(approvals.id, id))
      const [counted] = await tx
        .update(approvals)
        .set({ commentCount: sql`comment_count + 1` })
        .where(isIt)
        .returning({ count: approvals.commentCount, tool: approvals.tool })
      if (!counted) throw notFound()
      if (counted.count > mostComments)
        throw new AppError('conflict', `Of a request at most ${mostComments} comments are kept.`)
      const comment = {
        id: newId('comment'),
        projectId: project.id,
        approvalId: id,
        authorType: actor.type,
        authorId: actor.id,
        authorLabel: actor.label,
        body,
        mentions: mention,
        at: now,
      }
      await tx.insert(comments).values(comment)
      await recordAudit(tx, ctx, {
        action: 'approval.commented',
        target: { type: 'approval', id, label: counted.tool },
        detail: { comment_id: comment.id, body_digest: digestOfBody(body), mentions: mention },
      })
      await addEvent(tx, { projectId: project.id, id }, 'commented')
      wakes.push({ projectId: project.id, approvalId: id })
      const others = mention.filter((one) => one !== actor.id)
      const participants = await listParticipants(tx, project.id, id)
      const told = new Set([actor.id, ...others])
      await tellDirectly(
        tx,
        id,
        participants.filter((one) => !told.has(one)),
        'comment',
      )
      await tellDirectly(tx, id, others, 'mention')
      return commentToWire(comment)
    })
  },
)

/**
 * A page of what was said about a request, oldest first.
 * @throws AppError `forbidden`, `invalid_id`, `not_found`, `invalid_cursor`
 */
export const readCommentsVerb = verb(
  {
    summary: 'List what was said about a request',
    need: reader,
    path: ApprovalById,
    query: Paging,
    output: listOf(Comment),
    refuses: ['not_found'],
  },
  async (ctx, { id, ...page }) => {
    await getApproval(ctx, id)
    const { items, nextCursor } = await listComments(ctx.db, ctx.project.id, id, page)
    return { items: items.map(commentToWire), next_cursor: nextCursor }
  },
)

async function requireMembers(tx: Transaction, ctx: Context, ids: string[]): Promise<void> {
  for (const [at, id] of ids.entries()) {
    const member = await findMember(tx, ctx.project.id, id)
    if (member?.joinedAt) continue
    const detail = 'No member of this project has this id.'
    const pointer = `/mention/${at}`
    throw new AppError('invalid_input', `${detail} (${pointer})`, { errors: [{ pointer, detail }] })
  }
}

/** What was said stays out of the log, so that it can be forgotten. */
const digestOfBody = (body: string) => `sha256:${hash('sha256', body)}`

function commentToWire(record: CommentRecord): Comment {
  const { id, approvalId, authorType, authorId, authorLabel, body, mentions, at } = record
  return {
    id,
    approval_id: approvalId,
    author: { type: authorType, id: authorId, label: authorLabel },
    body,
    mentions,
    at: at.toISOString(),
  }
}
