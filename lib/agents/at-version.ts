import { z } from 'zod'
import { findAgentVersion, listAgentVersions } from '@/db/queries/agents'
import { listRecordedCalls } from '@/db/queries/recorded-calls'
import type { Context } from '@/lib/context'
import { AppError } from '@/lib/errors'
import { readAgent } from './read'
import type { Agent, Policy } from './schemas'
import { storedPolicy } from './understood'

/** So many calls tell what an agent calls of late. */
const mostCalls = 200

/** The version that an agent's page is asked for. */
export const versionFields = { version: z.string().max(20) }

/** One version of an agent's file, as the page shows it. */
export type ShownVersion = Pick<Agent, 'version' | 'config' | 'policy' | 'warnings' | 'deployed_at'> & {
  deployedBy: string
}

export type AgentAtVersion = {
  /** Number of the version in force. */
  inForce: number
  /** Its text, where another version is shown. */
  inForceConfig: string | null
  shown: ShownVersion
  /** The version before the shown one, where there is one. */
  before: { version: number; config: string } | null
  /** Newest first, at most 100. */
  versions: { version: number; deployedBy: string; deployed_at: string }[]
  /** Names of the tools that it called of late, in order. */
  tools: string[]
  /** Whether the agent itself is paused. */
  isPaused: boolean
  /** A version was asked for that is not among them. */
  isUnknownVersion: boolean
}

/**
 * An agent with one version of its file, the one in force where none is asked for or it is not known; undefined
 * where no such agent is deployed.
 */
export async function findAgentAtVersion(
  ctx: Context,
  name: string,
  asked: string | undefined,
): Promise<AgentAtVersion | undefined> {
  const agent = await findDeployed(ctx, name)
  if (!agent) return undefined
  const versions = await listAgentVersions(ctx.db, ctx.project.id, name)
  const at = asked === undefined ? 0 : versions.findIndex(({ version }) => String(version) === asked)
  const chosen = versions[Math.max(0, at)]?.version
  const [shown, before] = await Promise.all(
    [chosen, (chosen ?? 0) - 1].map((version = 0) => findAgentVersion(ctx.db, ctx.project.id, name, version)),
  )
  if (!shown) return undefined
  const called = { projectId: ctx.project.id, id: shown.id, name }
  const calls = await listRecordedCalls(ctx.db, called, mostCalls)
  return {
    inForce: versions[0]?.version ?? agent.version,
    inForceConfig: shown.version === agent.version ? null : agent.config,
    shown: {
      version: shown.version,
      config: shown.config,
      policy: shown.policy === null ? storedPolicy(shown.config) : (JSON.parse(shown.policy) as Policy),
      warnings: shown.warnings,
      deployedBy: shown.deployedByLabel,
      deployed_at: shown.deployedAt.toISOString(),
    },
    before: before ? { version: before.version, config: before.config } : null,
    versions: versions.map(({ version, deployedByLabel, deployedAt }) => ({
      version,
      deployedBy: deployedByLabel,
      deployed_at: deployedAt.toISOString(),
    })),
    tools: [...new Set(calls.map(({ tool }) => tool))].sort(),
    isPaused: agent.paused !== null,
    isUnknownVersion: at < 0,
  }
}

async function findDeployed(ctx: Context, name: string): Promise<Agent | undefined> {
  try {
    return await readAgent(ctx, name)
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') return undefined
    throw error
  }
}
