import { sql } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import { hasRole, type Context, type MemberActor, type Role, type Scope } from './context'
import { AppError } from './errors'

/** What an act needs: a member of at least a role, or a key with a scope. */
export type Need = Role | { scope: Scope }

/**
 * Reads the actor's right again, in the transaction of the act that it allows: a removed member, a
 * lowered role, a revoked or expired key, an ended session is refused here, whatever the request
 * began with. Operators' commands and Holdpoint itself pass.
 * @throws AppError `unauthenticated` where the credential is gone, `forbidden` where the right is
 */
export async function assertStillAllowed(tx: Queryable, ctx: Context, need: Need): Promise<void> {
  const { actor } = ctx
  if (actor.type === 'system') return
  const [row] =
    actor.type === 'key'
      ? await tx.execute<RightRow>(sql`
          select null as role, ${typeof need === 'object' ? need.scope : ''} = any(scopes) as "hasScope" from keys
          where id = ${actor.id} and project_id = ${ctx.project.id} and kind = 'agent'
            and revoked_at is null and (expires_at is null or expires_at > clock_timestamp())`)
      : await tx.execute<RightRow>(memberRight(ctx.project.id, actor))
  if (!row) throw gone()
  if (!satisfies(row, need)) throw new AppError('forbidden', 'You no longer have the right to do this.')
}

type RightRow = { role: Role | null; hasScope: boolean }

function memberRight(projectId: string, actor: MemberActor) {
  return sql`
    select m.role as role, false as "hasScope" from members m
    where m.project_id = ${projectId} and m.user_id = ${actor.id} and m.joined_at is not null
      and ${
        actor.keyId === null
          ? sql`exists (select 1 from sessions s where s.session_token = ${actor.sessionToken}
                and s.user_id = m.user_id and s.expires > clock_timestamp())`
          : sql`exists (select 1 from keys k where k.id = ${actor.keyId} and k.user_id = m.user_id
                and k.revoked_at is null and (k.expires_at is null or k.expires_at > clock_timestamp()))`
      }`
}

function satisfies(row: RightRow, need: Need): boolean {
  if (typeof need === 'object') return row.hasScope
  return row.role !== null && hasRole(row.role, need)
}

function gone(): AppError {
  return new AppError(
    'unauthenticated',
    'The credential has been revoked, has expired, or its member was removed.',
  )
}

/** Found by its own id; `is true` keeps a planner that knows no figures yet from walking the whole project. */
const isTheKey = 'k.id = item.key_id and (k.project_id = item.project_id) is true'
const isLive = 'k.revoked_at is null and (k.expires_at is null or k.expires_at > clock_timestamp())'

/**
 * Those rows of `item` whose `key_id` is an agent key of `project_id` that may run, for a statement that acts by it;
 * `is_stale` where its use is to be noted again (`touchKey`).
 */
export const itemsThatMayRun = `select item.*, may.is_stale from item cross join lateral (
  select (k.last_used_at is null or k.last_used_at < now() - interval '60 seconds') as is_stale from keys k
  where ${isTheKey} and k.kind = 'agent' and 'run' = any(k.scopes) and ${isLive} offset 0) may`

/** Those rows of `item` whose `key_id` is the personal token of a member of `project_id` who may decide. */
export const itemsThatMayDecide = `select item.* from item cross join lateral (
  select 1 from keys k
  join members m on m.project_id = k.project_id and m.user_id = k.user_id
  where ${isTheKey} and k.kind = 'personal' and ${isLive}
    and m.joined_at is not null and m.role in ('reviewer', 'admin', 'owner') offset 0) may`

/** Those of the keys in an array that still open anything, for a statement that answers who waits. */
export const keysThatOpen = (ids: string) => `
  select k.id from keys k
  left join members m on m.project_id = k.project_id and m.user_id = k.user_id and m.joined_at is not null
  where k.id = any(${ids}::text[]) and ${isLive} and (k.kind = 'agent' or m.user_id is not null)`

/**
 * Whether the credential behind a waiting request still opens anything; for waits and streams.
 * @throws AppError `unauthenticated`
 */
export async function assertStillKnown(db: Queryable, ctx: Context): Promise<void> {
  if (ctx.actor.type === 'key') await assertStillAllowed(db, ctx, { scope: ctx.actor.scopes[0] ?? 'read' })
  else await assertStillAllowed(db, ctx, 'viewer')
}
