import {
  requireAgentKey,
  requireRole,
  requireScope,
  type Context,
  type KeyActor,
  type MemberActor,
  type Role,
  type Scope,
} from './context'

/**
 * Who may do a thing: a member of at least a role; an agent key with a scope; either of them; or, with
 * `orOperator`, a member of at least a role and whoever has the server's terminal.
 */
export type Need =
  Role | { scope: Scope } | { role: Role; scopes: readonly Scope[] } | { role: Role; orOperator: true }

/** Reads what a project's agents asked and did. */
export const reader = { role: 'viewer', scopes: ['read', 'run'] } as const satisfies Need

/** The context of whom a need lets pass. */
export type ContextOf<N> = N extends Role
  ? Context<MemberActor>
  : N extends { scope: Scope }
    ? Context<KeyActor>
    : Context

/**
 * Lets those pass who have a right, as the credential opened it when it was looked up.
 * @throws AppError `forbidden`; `agent_key_required` for members where only an agent key may call
 */
export function requireNeed<N extends Need>(ctx: Context, need: N): asserts ctx is ContextOf<N>
export function requireNeed(ctx: Context, need: Need): void {
  if (typeof need === 'string') requireRole(ctx, need)
  else if ('scope' in need) requireAgentKey(ctx, need.scope)
  else if (ctx.actor.type === 'system') return
  else if (ctx.actor.type === 'key' && 'scopes' in need) requireScope(ctx.actor, need.scopes)
  else requireRole(ctx, need.role)
}

/** What of a need is read again beside the data, for this actor: see `assertStillAllowed`. */
export function rightOf({ actor }: Context, need: Need): Role | { scope: Scope } {
  if (typeof need === 'string' || 'scope' in need) return need
  const scope =
    actor.type === 'key' && 'scopes' in need
      ? need.scopes.find((one) => actor.scopes.includes(one))
      : undefined
  return scope === undefined ? need.role : { scope }
}
