import { and, eq, sql } from 'drizzle-orm'
import type { Transaction } from '@/db/client'
import { findAgent } from '@/db/queries/agents'
import { agents, agentVersions } from '@/db/schema/agents'
import { projects } from '@/db/schema/identity'
import { recordAudit } from '@/lib/audit/record'
import { requireRoleOrScope, type Context } from '@/lib/context'
import { AppError } from '@/lib/errors'
import { agentNamePattern, newId } from '@/lib/ids'
import { parsePolicy, policyToWire, type PolicyWarning } from '@/lib/policy/parse'
import type { PolicyOnWire } from '@/lib/policy/policy'
import { assertStillAllowed } from '@/lib/rights'
import { recordRefusedDeploy } from './record-refusal'
import type { Agent } from './schemas'
import { understoodText } from './understood'
import { agentToWire } from './wire'

const deployLock = 734_023

/**
 * Puts an agent's file in force for every ask from now on. The same content again makes no new version;
 * a refused file leaves the version in force as it was, and is on record.
 * @param input `config` the file's text, at most 64 kB
 * @throws AppError `forbidden`, `deploys_by_people`, `invalid_input` for the name, `invalid_policy` with line and column
 */
export async function deployAgent(
  ctx: Context,
  input: { name: string; config: string },
): Promise<{ agent: Agent; isNew: boolean }> {
  requireRoleOrScope(ctx, 'admin', 'deploy')
  requireAgentName(input.name)
  try {
    return await deployFile(ctx, input)
  } catch (error) {
    await recordRefusedDeploy(ctx, input, error)
    throw error
  }
}

async function deployFile(
  ctx: Context,
  input: { name: string; config: string },
): Promise<{ agent: Agent; isNew: boolean }> {
  const read = requireValid(input.name, input.config)
  return ctx.db.transaction(async (tx) => {
    await tx.execute(
      sql`select pg_advisory_xact_lock(${deployLock}, hashtext(${`${ctx.project.id}/${input.name}`}))`,
    )
    await assertMayDeploy(tx, ctx)
    const before = await findAgent(tx, ctx.project.id, input.name)
    if (before?.config !== input.config) await writeVersion(tx, ctx, input, read, before)
    const after = await findAgent(tx, ctx.project.id, input.name)
    if (!after) throw new Error('a deployed agent is gone')
    return {
      agent: agentToWire(after, after.policy ?? understoodText(after.config)),
      isNew: before === undefined,
    }
  })
}

/**
 * The actor's right, and the project's switch, which stays as it is until the deploy is committed: what was switched
 * before is obeyed, and who switches waits for deploys under way.
 * @throws AppError `unauthenticated`, `forbidden`, `deploys_by_people`
 */
async function assertMayDeploy(tx: Transaction, ctx: Context): Promise<void> {
  if (ctx.actor.type !== 'key') return assertStillAllowed(tx, ctx, 'admin')
  await assertStillAllowed(tx, ctx, { scope: 'deploy' })
  const [project] = await tx
    .select({ deploys: projects.deploys })
    .from(projects)
    .where(eq(projects.id, ctx.project.id))
    .for('share')
  if (project?.deploys === 'anyone') return
  throw new AppError(
    'deploys_by_people',
    'This project’s setting `deploys` is `people`, so agent keys deploy nothing. Deploy on the Agents page, or with the personal token of an admin.',
  )
}

/** @throws AppError `invalid_input` */
export function requireAgentName(name: string): void {
  if (agentNamePattern.test(name)) return
  const detail = 'An agent name is 1 to 64 lower case letters, digits and inner hyphens.'
  throw new AppError('invalid_input', detail, { errors: [{ pointer: '/name', detail }] })
}

type Valid = { policy: PolicyOnWire; warnings: PolicyWarning[] }

function requireValid(name: string, config: string): Valid {
  const parsed = parsePolicy(config)
  if (!parsed.ok) {
    const first = parsed.errors[0]
    throw new AppError('invalid_policy', `The file was refused: ${first?.detail ?? 'it cannot be read'}`, {
      errors: parsed.errors,
    })
  }
  if (parsed.name !== null && parsed.name !== name) {
    const detail = `The file says name: ${parsed.name.slice(0, 64)}, the address says ${name}; make them the same.`
    const at = parsed.nameAt ?? { line: 1, column: 1 }
    throw new AppError('invalid_policy', detail, { errors: [{ pointer: '/name', detail, ...at }] })
  }
  return { policy: policyToWire(parsed.policy), warnings: parsed.warnings }
}

async function writeVersion(
  tx: Transaction,
  ctx: Context,
  input: { name: string; config: string },
  { policy, warnings }: Valid,
  before: { id: string; version: number } | undefined,
): Promise<void> {
  const agentId = before?.id ?? newId('agent')
  const version = (before?.version ?? 0) + 1
  const versionId = newId('policyVersion')
  if (before) {
    await tx
      .update(agents)
      .set({ version, versionId })
      .where(and(eq(agents.projectId, ctx.project.id), eq(agents.id, agentId)))
  } else {
    await tx
      .insert(agents)
      .values({ id: agentId, projectId: ctx.project.id, name: input.name, version, versionId })
  }
  await tx.insert(agentVersions).values({
    id: versionId,
    projectId: ctx.project.id,
    agentId,
    version,
    config: input.config,
    policy: JSON.stringify(policy),
    warnings,
    deployedByType: ctx.actor.type,
    deployedById: ctx.actor.id,
    deployedByLabel: ctx.actor.label,
  })
  await recordAudit(tx, ctx, {
    action: 'agent.deployed',
    target: { type: 'agent', id: agentId, label: input.name },
    detail: { name: input.name, version, config: input.config, warnings },
  })
}
