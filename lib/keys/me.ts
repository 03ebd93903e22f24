import { readClock } from '@/db/queries/clock'
import { findKey } from '@/db/queries/keys'
import { mostWaitSeconds } from '@/lib/wake/room'
import { scopes, type Actor, type Context } from '@/lib/context'
import { AppError } from '@/lib/errors'
import { verb } from '@/lib/verb'
import { Me } from './schemas'
import { keyToWire } from './wire'

/** What only an edge knows of the server. */
export type ServerFacts = { version: string; maxBodyBytes: number }

/**
 * Says what the credential is: whose, for which project, and what the server takes from it. `server.time` is the
 * database's clock, by which deadlines pass.
 * @throws AppError `forbidden` for Holdpoint itself, which shows no credential
 */
export const readMe = verb(
  {
    summary: 'Say what this credential is',
    need: { role: 'viewer', scopes },
    who: 'any key, personal token or session',
    output: Me,
    refuses: [],
  },
  async (ctx, _, { version, maxBodyBytes }: ServerFacts): Promise<Me> => {
    const { actor, project } = ctx
    const kind = kindOf(actor)
    const [key, time] = await Promise.all([shownKey(ctx), readClock(ctx.db)])
    return {
      kind,
      key,
      project: { id: project.id, slug: project.slug, name: project.name },
      member: actor.type === 'user' ? { id: actor.id, email: actor.email, role: actor.role } : null,
      server: {
        version,
        time: time.toISOString(),
        max_wait_seconds: mostWaitSeconds,
        max_body_bytes: maxBodyBytes,
      },
    }
  },
)

function kindOf(actor: Actor): Me['kind'] {
  if (actor.type === 'system') throw new AppError('forbidden', 'This shows no credential.')
  if (actor.type === 'key') return 'agent_key'
  return actor.keyId === null ? 'session' : 'personal_token'
}

/** Null for a session. */
async function shownKey({ db, project, actor }: Context): Promise<Me['key']> {
  const id = actor.type === 'user' ? actor.keyId : actor.id
  const record = id === null ? undefined : await findKey(db, project.id, id)
  if (!record) return null
  const { name, prefix, scopes: may, expires_at } = keyToWire(record)
  return { id: record.id, name, prefix, scopes: may, expires_at }
}
