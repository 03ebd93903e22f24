import { searchesOf, type Database, type Queryable } from '@/db/client'
import { listApprovals, type ApprovalFilter } from '@/db/queries/approval-list'
import { findApproval, type ApprovalRecord, type ListRead } from '@/db/queries/approvals'
import { lookAtApproval, type Looked } from '@/db/queries/look'
import { readMayLag } from '@/db/replica'
import { renewed, type Context } from '@/lib/context'
import { isId } from '@/lib/ids'
import { wants, type Fields, type Listed } from '@/lib/fields'
import { notFound } from '@/lib/errors'
import { linkBase } from '@/lib/paths'
import { shownBy } from '@/lib/rights'
import { searchInTurn } from '@/lib/search-turn'
import { canDecide, meOf } from './can-decide'
import { expireBeforeReading } from './expire'
import { requireApprovalId } from './id'
import { askedPerson, snoozedBy } from './mine'
import { Approval, ApprovalById, ListedApproval, type SeenApproval } from './schemas'
import { seenFields } from './seen'
import { hasVoted } from './voting'
import { approvalToWire, isDue, listedToWire } from './wire'
import { z } from 'zod'
import { verb } from '@/lib/verb'
import { reader, requireNeed } from '@/lib/need'
import { fieldsOf, idText, listOf, paging, someOf, toolFilter } from '@/lib/query'
import { cueFilter, dueFilter, mineFilter, ruleFilter, snoozedFilter } from './pending-filters'
import { approvalSorts, approvalStatuses } from './statuses'

/**
 * One approval as it stands now; if it is past its deadline, it expires first.
 * @throws AppError `invalid_id`, `not_found`, `forbidden`
 */
export async function readApproval(ctx: Context, id: string): Promise<Approval> {
  const { record, me } = await look(ctx, id)
  return toWireFor(ctx.db, ctx, record, me)
}

/** An approval that was just looked at, as whoever looked is answered. */
export function lookedToWire(db: Queryable, ctx: Context, seen: Looked): Promise<Approval> {
  return toWireFor(db, ctx, seen, meIn(seen))
}

async function toWireFor(
  db: Queryable,
  ctx: Context,
  record: ApprovalRecord,
  me: Seen['me'],
): Promise<Approval> {
  const approval = approvalToWire(record, linkBase(ctx))
  const [may] = me ? await canDecide(db, ctx.project.id, me, [record]) : []
  return { ...approval, ...(may && { can_decide: may }) }
}

/** The same before it is put into words. */
export async function getApproval(ctx: Context, id: string): Promise<ApprovalRecord> {
  return (await look(ctx, id)).record
}

type Seen = { record: ApprovalRecord; me: ReturnType<typeof meOf> }

async function look(given: Context, id: string): Promise<Seen> {
  const seen = await lookDirectly(given, id)
  if (seen) return { record: seen, me: meIn(seen) }
  const ctx = await renewed(given)
  return { record: await getAfterExpiry(ctx, id), me: meOf(ctx) }
}

/** The member behind the credential, as the look saw them. */
function meIn({ personId, personEmail, role, allowOwnRequest }: Looked): Seen['me'] {
  if (personId === null || personEmail === null || role === null) return undefined
  return { id: personId, email: personEmail, role, allowOwnRequest }
}

/** The usual look, in one statement with the credential's rights; undefined where there is more to do or say. */
async function lookDirectly(ctx: Context, id: string): Promise<Looked | undefined> {
  const { actor, project } = ctx
  if (actor.type === 'system' || !isId('approval', id)) return undefined
  const seen = await lookAtApproval(ctx.db, { ...shownBy(actor), projectId: project.id, approvalId: id })
  if (!seen || isDue(seen)) return undefined
  const mayRead =
    seen.kind === 'agent' ? seen.scopes.includes('read') || seen.scopes.includes('run') : seen.role !== null
  return mayRead ? seen : undefined
}

async function getAfterExpiry(ctx: Context, id: string): Promise<ApprovalRecord> {
  requireNeed(ctx, reader)
  requireApprovalId(id)
  let record = await findApproval(ctx.db, ctx.project.id, id)
  if (record && isDue(record)) {
    await expireBeforeReading(ctx)
    record = await findApproval(ctx.db, ctx.project.id, id)
  }
  if (!record) throw notFound()
  return record
}

/**
 * A page of approvals: pending first, within by its sort, as many as its bytes allow. From a replica it may be
 * some seconds old, but not for who looks for one approval, run or call, to go on where it was, nor in the console, which
 * shows what its person did.
 * @param fields members to give; params that are not among them are not read
 * @throws AppError `invalid_cursor`, `forbidden`; with `q` also `too_many_searches`
 */
async function readApprovals<K extends keyof ListedApproval = keyof Approval>(
  ctx: Context,
  { mine, snoozed, ...others }: SeenFilter,
  fields?: Fields<K>,
): Promise<Listed<Pick<ListedApproval, K>>> {
  requireNeed(ctx, reader)
  const me = meOf(ctx)
  const given = { ...others, ...(snoozed !== undefined && { snoozed: snoozedBy(ctx, snoozed) }) }
  const filter = mine ? { ...given, asked: await askedPerson(ctx) } : given
  await expireBeforeReading(ctx)
  const read = { params: paramsRead(fields), context: wants<keyof ListedApproval>(fields, 'context') }
  const list = (db: Database, signal?: AbortSignal) =>
    listApprovals(db, ctx.project.id, { ...filter, signal }, read)
  const page = await (filter.q === undefined
    ? readWhere(ctx, filter, list)
    : searchInTurn(ctx, (signal) => readWhere(ctx, filter, (db) => list(searchesOf(db), signal))))
  const isShown = wants<keyof ListedApproval>(fields, 'can_decide')
  const may = me && (mine || isShown) ? await canDecide(ctx.db, ctx.project.id, me, page.items) : []
  const items = page.items.flatMap((record, at) => {
    if (mine && me && record.more?.assignee?.id !== me.id && (!may[at]?.allowed || hasVoted(record, me.id)))
      return []
    const listed = listedToWire(record, linkBase(ctx), fields)
    return [{ ...listed, ...(isShown && may[at] && { can_decide: may[at] }) }]
  })
  return { items, next_cursor: page.nextCursor }
}

/** What a list may be asked for; `mine`: what waits for the member who asks; `snoozed`: what they put off, or not. */
export type SeenFilter = Omit<ApprovalFilter, 'asked' | 'snoozed'> & {
  mine?: boolean | undefined
  snoozed?: boolean | undefined
}

function paramsRead(fields: Fields<keyof ListedApproval>): ListRead['params'] {
  if (wants(fields, 'params')) return 'whole'
  return wants(fields, 'params_start') ? 'start' : 'none'
}

const seen = new Set(seenFields)

/** A page of the console's queue, or of what was decided. */
export function readSeenApprovals(ctx: Context, filter: SeenFilter): Promise<Listed<SeenApproval>> {
  return readApprovals(ctx, filter, seen)
}

function readWhere<T>(ctx: Context, filter: ApprovalFilter, read: (db: Database) => Promise<T>): Promise<T> {
  return mayLag(ctx, filter) ? readMayLag(ctx.db, read) : read(ctx.db)
}

function mayLag({ actor }: Context, { ids, runId, toolCallId }: ApprovalFilter): boolean {
  return actor.via !== 'console' && ids === undefined && runId === undefined && toolCallId === undefined
}

export const readApprovalVerb = verb(
  {
    summary: 'Read an approval',
    need: reader,
    path: ApprovalById,
    output: Approval,
    refuses: ['not_found', 'too_many_waits'],
    waits: true,
    proves: true,
  },
  (ctx, { id }) => readApproval(ctx, id),
)

export const readApprovalsVerb = verb(
  {
    summary: 'List approvals, pending first',
    need: reader,
    query: z.strictObject({
      ...paging,
      status: someOf(approvalStatuses),
      agent: z.string().max(200).optional(),
      tool: toolFilter,
      sort: z
        .enum(approvalSorts, `One of: ${approvalSorts.join(', ')}.`)
        .optional()
        .meta({
          description:
            'Pending first in any case. `newest`, the default, and `oldest` go by when it was asked for; `deadline` has what is pending by the nearest deadline and the others by the latest decision; `decided` has only those by the latest decision; `largest` has only what is pending, by the largest amount: the first plain decimal of the param that its rule names first, `amount` and `total`.',
        }),
      ids: z
        .string()
        .max(4000)
        .transform((text) => text.split(','))
        .pipe(z.array(z.string()).max(100, 'At most 100 ids.'))
        .optional()
        .meta({
          type: 'string',
          description: 'Only these, apart by commas; those that are not there are left out.',
        }),
      run_id: z.string().max(1024).optional(),
      tool_call_id: z.string().max(1024).optional(),
      q: z.string().min(1).max(200).optional(),
      mine: mineFilter,
      assignee: z
        .union([z.literal('none'), idText('user')], 'The id of a member, or `none`.')
        .optional()
        .meta({
          description: 'Only what is pending and this member takes care of; `none`: nobody does.',
        }),
      rule: ruleFilter,
      due: dueFilter,
      snoozed: snoozedFilter,
      cue: cueFilter,
      fields: fieldsOf(ListedApproval.keyof().options, ['id']),
    }),
    output: listOf(ListedApproval),
    refuses: ['too_many_searches'],
  },
  (
    ctx,
    {
      status: statuses,
      run_id: runId,
      tool_call_id: toolCallId,
      fields,
      mine,
      assignee,
      due,
      snoozed,
      ...query
    },
  ) =>
    readApprovals(
      ctx,
      {
        ...query,
        dueWithin: due,
        statuses,
        runId,
        toolCallId,
        mine: mine === 'true',
        snoozed: snoozed === undefined ? undefined : snoozed === 'true',
        assignee: assignee === 'none' ? null : assignee,
      },
      fields,
    ),
)
