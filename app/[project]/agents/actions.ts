'use server'

import { deployAgent } from '@/lib/agents/deploy'
import { DeployFromPage } from '@/lib/agents/from-page'
import { memberAction } from '@/lib/sign-in/action'

/** Puts a file in force, unless another version came into force since the form was opened. */
export const deploy = memberAction(deployAgent, DeployFromPage, async (ctx, { base, ...input }) => {
  const { agent } = await deployAgent(ctx, { ...input, precondition: (inForce) => inForce === base })
  return { version: agent.version, warningCount: agent.warnings.length }
})
