import { openDatabase } from '@/db/client'
import { deployAgent } from '@/lib/agents/deploy'
import type { Context, SystemActor } from '@/lib/context'
import { createKey } from '@/lib/keys/create-key'
import { createTokenFor } from '@/lib/keys/create-token'
import { addMember } from '@/lib/members/add'
import { createProject } from '@/lib/members/create-project'
import { startSession } from '@/lib/members/session'

/** A project with an owner, a reviewer, an agent key and one agent. */
export type BenchProject = {
  id: string
  slug: string
  /** Of the agent's key. */
  agentToken: string
  /** The reviewer's personal token. */
  reviewerToken: string
  /** The cookie of a browser in which the owner is signed in. */
  ownerCookie: string
}

const agentName = 'order-manager'
export const gatedTool = 'order_tools.process_refund'
export const freeTool = 'order_tools.find_order'

const policy = `approval:
  tools:
    - db_delete
    - order_tools.cancel_order: param.reason != "duplicate"
    - order_tools.process_refund: param.amount > 1000
  timeout: 86400
  message: "Somebody has to look at this."
`

const operator: SystemActor = { type: 'system', id: 'bench', label: 'Bench', via: 'cli' }

/** Makes a project by the verbs that everybody's projects are made by. */
export async function makeProject(databaseUrl: string, name: string): Promise<BenchProject> {
  const { db, close } = openDatabase(databaseUrl, 1)
  try {
    const project = await createProject(db, { name }, operator)
    const base = { db, project, appUrl: 'http://127.0.0.1', limits: { maxPendingPerAgent: 0 } }
    const system: Context<SystemActor> = { ...base, actor: operator }
    const key = await createKey(system, { name: 'Agents', scopes: ['run', 'deploy', 'read'] })
    await deployAgent(system, { name: agentName, config: policy })
    const owner = await addMember(system, { email: `owner@${project.slug}.example.com`, role: 'owner' })
    const reviewer = await addMember(system, {
      email: `reviewer@${project.slug}.example.com`,
      role: 'reviewer',
    })
    const token = await createTokenFor(system, { name: 'Bench', userId: reviewer.id })
    const session = await startSession(db, owner.id)
    return {
      id: project.id,
      slug: project.slug,
      agentToken: key.token,
      reviewerToken: token.token,
      ownerCookie: `next-auth.session-token=${session.token}`,
    }
  } finally {
    await close()
  }
}

/** Params of a gated call, about 300 bytes, as an agent in a shop would send them. */
export const refundParams = {
  amount: 2400,
  currency: 'EUR',
  customer: { email: 'customer.4711@example.com', id: 'CUS-004711', name: 'Customer 4711' },
  order_id: 'ORD-000004711',
  reason:
    'The delivery did not arrive, the carrier has confirmed the loss, and the customer wants the money back.',
}

let asked = 0

/** An id of a tool call that no other call has. */
function nextCallId(): string {
  asked += 1
  return `call_bench_${process.pid}_${asked}`
}

/** The body of a question whether a tool may run. */
export function askBody(tool: string): Record<string, unknown> {
  return { agent: agentName, tool, params: refundParams, tool_call_id: nextCallId() }
}
