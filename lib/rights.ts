import { sql, type SQL } from 'drizzle-orm'
import { isTransaction, type Queryable } from '@/db/client'
import { credentialsThatOpen, joinedMember, liveKey, liveSession, type credentialColumns } from '@/db/rights'
import {
  hasRole,
  renewed,
  requireAgentKey,
  requireRole,
  roles,
  type Actor,
  type Context,
  type KeyActor,
  type MemberActor,
  type Role,
  type Scope,
} from './context'
import { AppError, notFound } from './errors'

/** What an act needs: a member of at least a role, or a key with a scope. */
export type Need = Role | { scope: Scope }

/**
 * Reads the actor's right again and locks it, in the transaction of the act that it allows: a removed member, a
 * lowered role, a revoked or expired key, an ended session is refused here, whatever the request
 * began with. Operators' commands and Holdpoint itself pass.
 * @throws AppError `unauthenticated` where the credential is gone, `forbidden` where the right is
 */
export async function assertStillAllowed(tx: Queryable, ctx: Context, need: Need): Promise<void> {
  const { actor } = ctx
  if (actor.type === 'system') return
  // Until the act is committed: who withdraws the right meanwhile waits for it, or was first.
  const lock = (tables: string) => (isTransaction(tx) ? sql.raw(`for share of ${tables}`) : sql``)
  const [row] =
    actor.type === 'key'
      ? await tx.execute<RightRow>(sql`
          select null as role, ${typeof need === 'object' ? need.scope : ''} = any(scopes) as "hasScope" from keys k
          where id = ${actor.id} and project_id = ${ctx.project.id} and kind = 'agent' and ${sql.raw(liveKey('k'))}
          ${lock('k')}`)
      : await tx.execute<RightRow>(memberRight(ctx.project.id, actor, lock))
  if (!row) throw gone()
  if (!satisfies(row, need)) throw new AppError('forbidden', lackWords(need))
}

type RightRow = { role: Role | null; hasScope: boolean }

function memberRight(projectId: string, actor: MemberActor, lock: (tables: string) => SQL) {
  const shown =
    actor.keyId === null
      ? sql`join sessions c on c.user_id = m.user_id and c.session_token = ${actor.sessionToken}
          and ${sql.raw(liveSession('c'))}`
      : sql`join keys c on c.user_id = m.user_id and c.id = ${actor.keyId} and ${sql.raw(liveKey('c'))}`
  return sql`
    select m.role as role, false as "hasScope" from members m ${shown}
    where m.project_id = ${projectId} and m.user_id = ${actor.id} and ${sql.raw(joinedMember('m'))} ${lock('m, c')}`
}

function satisfies(row: RightRow, need: Need): boolean {
  if (typeof need === 'object') return row.hasScope
  return row.role !== null && hasRole(row.role, need)
}

function lackWords(need: Need): string {
  if (typeof need === 'object') return `This needs a key with the scope "${need.scope}".`
  return `This needs a member with the role ${need}.`
}

function gone(): AppError {
  return new AppError(
    'unauthenticated',
    'The credential has been revoked, has expired, or its member was removed.',
  )
}

/** A credential as a statement of the hot path takes it; nothing for Holdpoint itself. */
export type Credential = Record<keyof typeof credentialColumns, string | string[] | null>

/** Holdpoint itself acts, which needs no right. */
export const noCredential: Credential = { key_id: null, session_token: null, person_id: null, may: [] }

/** What shows in a statement that this actor has what the act needs. */
export function credentialOf(actor: KeyActor | MemberActor, need: Need): Credential {
  const may = typeof need === 'object' ? [need.scope] : roles.slice(roles.indexOf(need))
  if (actor.type === 'key') return { key_id: actor.id, session_token: null, person_id: null, may }
  return { key_id: actor.keyId, session_token: actor.sessionToken, person_id: actor.id, may }
}

/** What a look shows by. */
export function shownBy(actor: Actor): { keyId: string | null; sessionToken: string | null } {
  if (actor.type === 'key') return { keyId: actor.id, sessionToken: null }
  if (actor.type === 'user') return { keyId: actor.keyId, sessionToken: actor.sessionToken }
  return { keyId: null, sessionToken: null }
}

/** What names a credential among those that wait: a key's id, or a session's hash. */
export function credentialName(actor: Actor): string {
  const { keyId, sessionToken } = shownBy(actor)
  return keyId ?? sessionToken ?? ''
}

/**
 * Says why an act was not done that found nothing to act on or no right to it.
 * @throws AppError always: `unauthenticated`, `forbidden`, else `not_found`
 */
export async function refuseAct(given: Context, need: Need): Promise<never> {
  const ctx = await renewed(given)
  if (typeof need === 'string') requireRole(ctx, need)
  else requireAgentKey(ctx, need.scope)
  await assertStillAllowed(ctx.db, ctx, need)
  throw notFound()
}

/**
 * Whether the credential behind a waiting request still opens anything; for waits and streams.
 * @throws AppError `unauthenticated`
 */
export async function assertStillKnown(db: Queryable, ctx: Context): Promise<void> {
  if (ctx.actor.type === 'key') await assertStillAllowed(db, ctx, { scope: ctx.actor.scopes[0] ?? 'read' })
  else await assertStillAllowed(db, ctx, 'viewer')
}

/**
 * Which of those who wait still hold a credential that opens anything: key not revoked, session not ended, member not
 * removed. One statement, however many wait.
 */
export async function findLive(db: Queryable, contexts: Context[]): Promise<(ctx: Context) => boolean> {
  const names = new Map<string, Set<string>>()
  for (const { project, actor } of contexts) {
    const ofProject = names.get(project.id) ?? new Set()
    names.set(project.id, ofProject.add(credentialName(actor)))
  }
  const asked = [...names].map(([projectId, ids]) => ({ projectId, ids: [...ids] }))
  const rows = await db.execute<{ projectId: string; live: string[] }>(sql`
    select a."projectId", array(${sql.raw(credentialsThatOpen('a.ids', 'a."projectId"'))}) as live
    from json_to_recordset(${JSON.stringify(asked)}::text::json) as a("projectId" text, ids text[])`)
  const live = new Map(rows.map((row) => [row.projectId, new Set(row.live)]))
  return ({ project, actor }) => live.get(project.id)?.has(credentialName(actor)) ?? false
}
