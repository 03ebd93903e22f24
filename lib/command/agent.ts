import { connect, type Holdpoint } from '@/lib/client/connect'
import type { Event } from '@/lib/client/call'
import { Life } from '@/lib/client/life'
import { agentNamePattern } from '@/lib/ids'
import type { Call } from './command'
import { accessOf, type Access } from './config'
import { wrongly } from './exit'
import { oneLine } from './printer'
import { patienceOf } from './server'

/** The client of an agent, by the agent key that holds here. */
export type AgentClient = { hp: Holdpoint; agent: string; access: Access }

/**
 * What asks in the name of an agent.
 * @param agent of the option `--agent`; else HOLDPOINT_AGENT
 * @throws Failure where agent or key are missing
 */
export function agentClient(
  call: Pick<Call, 'common' | 'io'>,
  agent: string | undefined,
  onEvent: (event: Event) => void,
): AgentClient {
  const { io, common } = call
  const name = agent ?? io.env.HOLDPOINT_AGENT
  if (!name) throw wrongly('Say as which agent: --agent NAME, or HOLDPOINT_AGENT.')
  if (!agentNamePattern.test(name)) {
    throw wrongly(
      `${oneLine(name, 80)} is no name of an agent: lower case letters, digits and inner hyphens.`,
    )
  }
  const access = accessOf('key', common, io.env)
  const patience = patienceOf(call, '10m')
  const { url, credential: key } = access
  return {
    hp: connect({ url, key, agent: name, patience, signal: io.signal, onEvent }, new Life()),
    agent: name,
    access,
  }
}
