import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Transaction } from '@/db/client'
import { findView, type ViewRecord } from '@/db/queries/views'
import { viewDefaults, views } from '@/db/schema/views'
import type { AuditAction } from '@/lib/audit/actions'
import { recordAudit } from '@/lib/audit/record'
import type { Context, MemberActor } from '@/lib/context'
import { AppError, notFound } from '@/lib/errors'
import { newId } from '@/lib/ids'
import { assertStillAllowed } from '@/lib/rights'
import { change } from '@/lib/verb'
import { CreateViewInput, UpdateViewInput, View, ViewById } from './schemas'
import { viewToWire } from './wire'

const most = { personal: 20, project: 50 }
const viewsLock = 7_340_223

/** Lets one transaction at a time change views of a project, so that names and limits hold. */
async function lockViews(tx: Transaction, { project }: Context): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${viewsLock}::int, hashtext(${project.id}))`)
}

type Ctx = Context<MemberActor>

/**
 * Keeps filters of the queue under a name, for oneself or for everybody.
 * @throws AppError `forbidden` where a view of the project is made by less than an admin; `conflict` where the name is
 * taken, or a person has 20 or the project 50
 */
export const createView = change(
  {
    summary: 'Save a view of the queue',
    need: 'viewer',
    who: 'Views of the project: an admin',
    input: CreateViewInput,
    output: View,
    status: 201,
    refuses: ['conflict'],
  },
  async (tx, ctx, { name, filter, scope, is_default: isDefault }) => {
    const userId = scope === 'project' ? null : ctx.actor.id
    if (userId === null) await assertStillAllowed(tx, ctx, 'admin')
    await requireFreeName(tx, ctx, userId, name)
    const ofOne = and(
      eq(views.projectId, ctx.project.id),
      userId === null ? isNull(views.userId) : eq(views.userId, userId),
    )
    if ((await tx.$count(views, ofOne)) >= most[scope]) {
      const whose = userId === null ? 'A project' : 'A person'
      throw new AppError('conflict', `${whose} has at most ${most[scope]} views; delete one first.`)
    }
    const values = {
      id: newId('view'),
      projectId: ctx.project.id,
      userId,
      name,
      filter: JSON.stringify(filter),
    }
    const [row] = await tx.insert(views).values(values).returning()
    if (!row) throw new Error('The view was not kept.')
    await record(tx, ctx, 'view.created', row, { filter })
    if (isDefault) await setDefault(tx, ctx, row.id)
    return viewToWire({ ...row, isDefault })
  },
  lockViews,
)

/**
 * Gives a view another name or other filters, or begins one's own queue with it, or no longer.
 * @throws AppError `not_found`; `forbidden` where less than an admin changes a view of the project; `conflict` where
 * the name is taken
 */
export const updateView = change(
  {
    summary: 'Change a saved view, or begin with it',
    need: 'viewer',
    who: 'Name and filters of the project’s: an admin',
    path: ViewById,
    input: UpdateViewInput,
    output: View,
    refuses: ['not_found', 'conflict'],
  },
  async (tx, ctx, { id, ...input }) => {
    const view = await getView(tx, ctx, id)
    const { name = view.name, is_default: isDefault = view.isDefault } = input
    const filter = input.filter === undefined ? view.filter : JSON.stringify(input.filter)
    if (name !== view.name || filter !== view.filter) {
      if (view.userId === null) await assertStillAllowed(tx, ctx, 'admin')
      if (name !== view.name) await requireFreeName(tx, ctx, view.userId, name)
      await tx.update(views).set({ name, filter }).where(eq(views.id, id))
      const former = { name: view.name, filter: JSON.parse(view.filter) as object }
      await record(
        tx,
        ctx,
        'view.updated',
        { ...view, name },
        { filter: JSON.parse(filter) as object, former },
      )
    }
    if (isDefault && !view.isDefault) await setDefault(tx, ctx, id)
    if (!isDefault && view.isDefault) await tx.delete(viewDefaults).where(isOwnDefault(ctx))
    return viewToWire({ ...view, name, filter, isDefault })
  },
  lockViews,
)

/**
 * Deletes a view; whoever began with it begins with the whole queue.
 * @throws AppError `not_found`; `forbidden` where less than an admin deletes a view of the project
 */
export const deleteView = change(
  {
    summary: 'Delete a saved view',
    need: 'viewer',
    who: 'Views of the project: an admin',
    path: ViewById,
    output: null,
    refuses: ['not_found'],
  },
  async (tx, ctx, { id }) => {
    const view = await getView(tx, ctx, id)
    if (view.userId === null) await assertStillAllowed(tx, ctx, 'admin')
    await tx.delete(views).where(eq(views.id, id))
    await record(tx, ctx, 'view.deleted', view, { filter: JSON.parse(view.filter) as object })
  },
  lockViews,
)

async function getView(tx: Transaction, ctx: Ctx, id: string): Promise<ViewRecord> {
  const view = await findView(tx, ctx.project.id, ctx.actor.id, id)
  if (!view) throw notFound()
  return view
}

async function requireFreeName(
  tx: Transaction,
  ctx: Ctx,
  userId: string | null,
  name: string,
): Promise<void> {
  const whose = userId === null ? isNull(views.userId) : eq(views.userId, userId)
  const taken = await tx.$count(views, and(eq(views.projectId, ctx.project.id), whose, eq(views.name, name)))
  const detail = 'Another view has this name.'
  if (taken > 0) throw new AppError('conflict', detail, { errors: [{ pointer: '/name', detail }] })
}

const isOwnDefault = ({ project, actor }: Ctx) =>
  and(eq(viewDefaults.projectId, project.id), eq(viewDefaults.userId, actor.id))

async function setDefault(tx: Transaction, ctx: Ctx, viewId: string): Promise<void> {
  await tx
    .insert(viewDefaults)
    .values({ projectId: ctx.project.id, userId: ctx.actor.id, viewId })
    .onConflictDoUpdate({ target: [viewDefaults.projectId, viewDefaults.userId], set: { viewId } })
}

/** What is everybody's is on record; what is one's own is nobody else's matter. */
async function record(
  tx: Transaction,
  ctx: Ctx,
  action: AuditAction,
  { id, name, userId }: Pick<ViewRecord, 'id' | 'name' | 'userId'>,
  detail: Record<string, unknown>,
): Promise<void> {
  if (userId !== null) return
  await recordAudit(tx, ctx, {
    action,
    target: { type: 'view', id, label: name },
    detail: { name, ...detail },
  })
}
