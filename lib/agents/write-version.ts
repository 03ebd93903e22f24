import { and, eq } from 'drizzle-orm'
import type { Transaction } from '@/db/client'
import { agents, agentVersions } from '@/db/schema/agents'
import { recordAudit } from '@/lib/audit/record'
import type { Context } from '@/lib/context'
import { newId } from '@/lib/ids'
import { tellPolicyLoosened } from '@/lib/notices/policy-loosened'
import { policyToWire, type PolicyWarning } from '@/lib/policy/parse'
import type { Policy } from '@/lib/policy/policy'
import { urgentFirst } from '@/lib/policy/report'
import type { Loosening } from './loosening'
import { looseningWords } from './loosening-words'

type File = { name: string; config: string; policy: Policy; warnings: PolicyWarning[] }

/**
 * Makes a file an agent's version in force, with its audit entry and, where a key loosens the policy or makes a new agent
 * beside others, what tells owners and admins of it. The caller holds the agent's lock.
 * @param loosens in what it demands less than the version before
 * @param before the agent, if there is one
 */
export async function writeVersion(
  tx: Transaction,
  ctx: Context,
  file: File,
  loosens: Loosening | undefined,
  before: { id: string; version: number } | undefined,
): Promise<void> {
  const { name, config, policy } = file
  const { project, actor } = ctx
  const agentId = before?.id ?? newId('agent')
  const version = (before?.version ?? 0) + 1
  const versionId = newId('policyVersion')
  const isNewAgent = actor.type === 'key' && before === undefined && (await hasAgents(tx, project.id))
  const words = loosens && actor.type === 'key' ? looseningWords(loosens) : undefined
  const warnings = urgentFirst([...(words ? [looserThan(version - 1, words)] : []), ...file.warnings])
  const owners = policy.terms?.owners ?? null
  await setInForce(tx, project.id, { id: agentId, name, version, versionId, owners }, before !== undefined)
  await tx.insert(agentVersions).values({
    id: versionId,
    projectId: project.id,
    agentId,
    version,
    config,
    policy: JSON.stringify(policyToWire(policy)),
    warnings,
    deployedByType: actor.type,
    deployedById: actor.id,
    deployedByLabel: actor.label,
  })
  await recordAudit(tx, ctx, {
    action: 'agent.deployed',
    target: { type: 'agent', id: agentId, label: name },
    detail: {
      name,
      version,
      config,
      warnings,
      ...(loosens ? { loosens } : {}),
      ...(isNewAgent ? { new_agent: true } : {}),
    },
  })
  const done = isNewAgent
    ? `deployed a new agent ${name}; it gates ${entriesWords(policy)}.`
    : words && `deployed version ${version} of ${name}. ${words.join(' ')}`
  if (done === undefined) return
  await tellPolicyLoosened(tx, { projectId: project.id, versionId, text: `The key ${actor.label} ${done}` })
}

/** Where there are agents already, a key's new one may be another name for asks that theirs would hold. */
async function hasAgents(tx: Transaction, projectId: string): Promise<boolean> {
  const some = await tx.select({ id: agents.id }).from(agents).where(eq(agents.projectId, projectId)).limit(1)
  return some.length > 0
}

function entriesWords({ tools }: Policy): string {
  return tools.length === 1 ? '1 entry' : `${tools.length} entries`
}

async function setInForce(
  tx: Transaction,
  projectId: string,
  { id, ...agent }: Pick<typeof agents.$inferInsert, 'id' | 'name' | 'version' | 'versionId' | 'owners'>,
  isThere: boolean,
): Promise<void> {
  if (!isThere) {
    await tx.insert(agents).values({ id, projectId, ...agent })
    return
  }
  await tx
    .update(agents)
    .set(agent)
    .where(and(eq(agents.projectId, projectId), eq(agents.id, id)))
}

/** It speaks of the whole file. */
function looserThan(version: number, words: string[]): PolicyWarning {
  const message = `This demands less than version ${version} did, which owners and admins are told. ${words.join(' ')}`
  return { code: 'loosens_policy', message, line: 1, column: 1 }
}
