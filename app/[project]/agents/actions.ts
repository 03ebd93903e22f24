'use server'

import { entriesNaming } from '@/components/agents/entries-naming'
import { CheckFromPage, DeployFromPage, type Checked } from '@/components/agents/input'
import { readJsonField } from '@/components/agents/read-json-field'
import { findAgent } from '@/db/queries/agents'
import { checkCall } from '@/lib/agents/check'
import { deployAgent } from '@/lib/agents/deploy'
import { readAgent } from '@/lib/agents/read'
import { storedPolicy } from '@/lib/agents/understood'
import { AppError } from '@/lib/errors'
import { memberAction } from '@/lib/web/action'

/** Puts a file in force, unless another version came into force since the form was opened. */
export const deploy = memberAction(
  { role: 'admin', input: DeployFromPage },
  async (ctx, { base, ...input }) => {
    const inForce = await findAgent(ctx.db, ctx.project.id, input.name)
    if (inForce && inForce.version !== base) {
      const detail =
        base === null
          ? `There is an agent ${input.name} already. Open it to deploy a new version, or take another name.`
          : `Version ${inForce.version} was deployed by ${inForce.deployedByLabel} while you edited version ${base}.`
      throw new AppError('conflict', detail, base === null ? { errors: [{ pointer: '/name', detail }] } : {})
    }
    const { agent } = await deployAgent(ctx, input)
    return { version: agent.version, warningCount: agent.warnings.length }
  },
)

/** What the gate would say of a call; stores nothing. */
export const check = memberAction(
  { role: 'viewer', input: CheckFromPage },
  async (ctx, input): Promise<Checked> => {
    const { name, tool } = input
    const params = readJsonField('params', input.params)
    const context = readJsonField('context', input.context)
    const config = input.config ?? (await readAgent(ctx, name)).config
    const result = await checkCall(ctx, { name, tool, params, context, config, now: new Date() })
    return { ...result, entries: entriesNaming(storedPolicy(config).tools, tool) }
  },
)
