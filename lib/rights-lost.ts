import { sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import type { Actor, Context } from './context'

/**
 * Which of these actors' credentials no longer open anything: key revoked or expired, session ended,
 * member removed. Two statements, however many wait.
 */
export async function findLostActors(db: Database, contexts: Context[]): Promise<Set<Actor>> {
  const keyed = contexts.filter(
    ({ actor }) => actor.type === 'key' || (actor.type === 'user' && actor.keyId !== null),
  )
  const people = contexts.filter(({ actor }) => actor.type === 'user')
  const keyIds = [...new Set(keyed.map(({ actor }) => keyIdOf(actor)))]
  const [liveKeys, livePeople] = await Promise.all([
    keyIds.length === 0 ? [] : findLiveKeys(db, keyIds),
    people.length === 0 ? [] : findLivePeople(db, people),
  ])
  const keys = new Set(liveKeys)
  const members = new Set(livePeople)
  const lost = new Set<Actor>()
  for (const { actor } of keyed) if (!keys.has(keyIdOf(actor))) lost.add(actor)
  for (const ctx of people) if (!members.has(personKey(ctx))) lost.add(ctx.actor)
  return lost
}

function keyIdOf(actor: Actor): string {
  return actor.type === 'key' ? actor.id : actor.type === 'user' ? (actor.keyId ?? '') : ''
}

function personKey({ actor, project }: Context): string {
  const session = actor.type === 'user' ? actor.sessionToken : null
  return `${project.id} ${actor.id} ${session ?? ''}`
}

async function findLiveKeys(db: Database, ids: string[]): Promise<string[]> {
  const rows = await db.execute<{ id: string }>(sql`
    select id from keys where id = any(${`{${ids.join(',')}}`}::text[])
      and revoked_at is null and (expires_at is null or expires_at > clock_timestamp())`)
  return rows.map((row) => row.id)
}

async function findLivePeople(db: Database, contexts: Context[]): Promise<string[]> {
  const wanted = [...new Map(contexts.map((ctx) => [personKey(ctx), ctx])).values()].map((ctx) => ({
    project_id: ctx.project.id,
    user_id: ctx.actor.id,
    session_token: ctx.actor.type === 'user' ? ctx.actor.sessionToken : null,
  }))
  const rows = await db.execute<{ key: string }>(sql`
    select w.project_id || ' ' || w.user_id || ' ' || coalesce(w.session_token, '') as key
    from jsonb_to_recordset(${JSON.stringify(wanted)}::text::jsonb) as w(project_id text, user_id text, session_token text)
    join members m on m.project_id = w.project_id and m.user_id = w.user_id and m.joined_at is not null
    where w.session_token is null or exists (
      select 1 from sessions s where s.session_token = w.session_token and s.user_id = w.user_id
        and s.expires > clock_timestamp())`)
  return rows.map((row) => row.key)
}
