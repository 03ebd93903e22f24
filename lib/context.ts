import type { Database } from '@/db/client'
import { AppError } from './errors'

export const roles = ['viewer', 'reviewer', 'admin', 'owner'] as const
/** What a member may do; each role includes those before it. */
export type Role = (typeof roles)[number]

export const scopes = ['run', 'deploy', 'read'] as const
/** What an agent key may do. */
export type Scope = (typeof scopes)[number]

/** A signed-in member, or a member's personal token. */
export type MemberActor = {
  type: 'user'
  id: string
  /** Name where there is one, else the e-mail; for records. */
  label: string
  name: string | null
  email: string
  role: Role
  via: 'console' | 'api' | 'mcp'
  /** The personal token that was used; null for a browser session. */
  keyId: string | null
  /** Hash of the session's token; null for a personal token. */
  sessionToken: string | null
  /** The session's id, which records name; null for a personal token. */
  sessionId: string | null
}

/** An agent's key. It can never decide. */
export type KeyActor = { type: 'key'; id: string; label: string; scopes: Scope[]; via: 'api' }

/** Holdpoint itself: the sweeper at a deadline, an operator's command. */
export type SystemActor = { type: 'system'; id: string; label: string; via: 'system' | 'cli' }

export type Actor = MemberActor | KeyActor | SystemActor

/** Who acts at a deadline. */
export const holdpointActor: SystemActor = {
  type: 'system',
  id: 'holdpoint',
  label: 'Holdpoint',
  via: 'system',
}

/** The id of what an actor showed: a key, a personal token, a session; null for Holdpoint and for operators. */
export function credentialIdOf(actor: Actor): string | null {
  if (actor.type === 'system') return null
  return actor.type === 'key' ? actor.id : (actor.keyId ?? actor.sessionId)
}

/** Which request an act came by, for records. */
export type Origin = {
  requestId: string
  /** Network address of the caller; null where nobody can tell. */
  address: string | null
  /** What a person spoke through to the API, where that says so. */
  via?: 'mcp' | undefined
}

export type Project = { id: string; slug: string; name: string; allowOwnRequest: boolean }

/**
 * Who acts, in which project, over which database. The project always comes from the credential.
 * Rights read from it are those of the moment of signing in to the request; a verb that changes
 * something reads them again inside its transaction (`lib/rights`).
 */
export type Context<A extends Actor = Actor> = {
  db: Database
  project: Project
  actor: A
  /** Base of every link that leaves the server, without a slash at the end. */
  appUrl: string
  limits: { maxPendingPerAgent: number }
  /** Missing where no request began it: the sweeper, an operator's command. */
  origin?: Origin | undefined
  /** 32 bytes under which secrets of webhooks are encrypted; only where a verb needs it. */
  sealKey?: Buffer
  /**
   * There where the credential is known from an earlier request and was not looked up for this one. A verb
   * that does not prove it in its own statement goes on with the context that this answers.
   * @throws AppError `unauthenticated`
   */
  renew?(): Promise<Context>
}

/** The context with the credential's rights of now. */
export async function renewed(ctx: Context): Promise<Context> {
  return ctx.renew ? ctx.renew() : ctx
}

/** Whether a role includes another. */
export function hasRole(role: Role, atLeast: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(atLeast)
}

/**
 * Narrows to a member with at least this role.
 * @throws AppError `forbidden` for everybody else, agent keys included.
 */
export function requireRole(ctx: Context, atLeast: Role): asserts ctx is Context<MemberActor> {
  if (ctx.actor.type !== 'user' || !hasRole(ctx.actor.role, atLeast)) {
    throw new AppError('forbidden', `This needs a member with the role ${atLeast}.`)
  }
}

/**
 * Narrows to an agent key with this scope.
 * @throws AppError `agent_key_required` for members, `forbidden` for keys without the scope.
 */
export function requireAgentKey(ctx: Context, scope: Scope): asserts ctx is Context<KeyActor> {
  if (ctx.actor.type !== 'key') {
    throw new AppError('agent_key_required', 'Only an agent key (hpa_…) may make this call.')
  }
  requireScope(ctx.actor, [scope])
}

/** @throws AppError `forbidden` for keys with none of the scopes */
export function requireScope(actor: KeyActor, anyOf: readonly Scope[]): void {
  if (!anyOf.some((scope) => actor.scopes.includes(scope))) {
    throw new AppError(
      'forbidden',
      `This key lacks the scope ${anyOf.map((scope) => `"${scope}"`).join(' or ')}.`,
    )
  }
}
