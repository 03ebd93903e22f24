import { sql } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import type { DeployedPolicy } from '@/lib/agents/policy'
import type { Context, KeyActor } from '@/lib/context'
import type { GateResult } from '@/lib/policy/gate'

/**
 * Notes who deployed the policy and who made the agent's key, where they may not decide: whoever it was when the call
 * was asked for. Of a file that a key deployed it is the key's maker. Where nobody is excluded so, nothing is read.
 */
export async function withParties(
  db: Queryable,
  ctx: Context<KeyActor>,
  { versionId }: Pick<DeployedPolicy, 'versionId'>,
  judged: GateResult,
): Promise<GateResult> {
  if (judged.action !== 'ask' || !judged.terms) return judged
  const { exclude = [] } = judged.terms
  const names = (['deployer', 'key_creator'] as const).filter((name) => exclude.includes(name))
  if (names.length === 0) return judged
  const [found] = await db.execute<{ deployer: string | null; key_creator: string | null }>(sql`
    select (select case when v.deployed_by_type = 'key' then k.created_by else v.deployed_by_id end
        from agent_versions v left join keys k on k.id = v.deployed_by_id where v.id = ${versionId}) as deployer,
      (select created_by from keys where id = ${ctx.actor.id}) as key_creator`)
  const parties = Object.fromEntries(names.map((name) => [name, found?.[name] ?? null]))
  return { ...judged, terms: { ...judged.terms, parties } }
}
