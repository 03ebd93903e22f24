'use server'

import { entriesNaming } from '@/components/agents/entries-naming'
import { CheckFromPage, DeployFromPage, type Checked } from '@/components/agents/input'
import { readJsonField } from '@/components/agents/read-json-field'
import { checkCall } from '@/lib/agents/check'
import { deployAgent } from '@/lib/agents/deploy'
import { readAgent } from '@/lib/agents/read'
import { storedPolicy } from '@/lib/agents/understood'
import { memberAction } from '@/lib/sign-in/action'

/** Puts a file in force, unless another version came into force since the form was opened. */
export const deploy = memberAction(
  { role: 'admin', input: DeployFromPage },
  async (ctx, { base, ...input }) => {
    const { agent } = await deployAgent(ctx, { ...input, precondition: (inForce) => inForce === base })
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
