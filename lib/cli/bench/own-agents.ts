import { randomUUID } from 'node:crypto'
import { openSql } from '@/db/drivers'
import { serveSteps } from './own-server'

/** As far as it is used here of `@openai/agents`, which is installed far from the server's own packages. */
type AgentsSdk = {
  Agent: new (options: object) => object
  Runner: new (options: object) => {
    run(agent: object, input: string | State): Promise<{ state: State; finalOutput?: unknown }>
  }
  RunState: { fromString(agent: object, text: string): Promise<State> }
  tool(options: object): object
}
type State = {
  toString(): string
  getInterruptions(): unknown[]
  approve(interruption: unknown): void
}

type Body = { task: string }
type Item = { type?: string; role?: string; content?: unknown }

/**
 * What somebody writes who has OpenAI's Agents SDK and needs approvals: its tool with `needsApproval`, its state as
 * text in a row of one table, and a decision that goes on from it, as the SDK's guide shows; with no rights, no policy,
 * no deadline, no audit and no notice. A cycle is two requests, since the agent lives in the server: a run up to the
 * call that is held, and the decision, which runs the tool, the agent to its end, and keeps its output. The model is a
 * function without a network, and nothing is traced. `AGENTS_SDK` is the address of the SDK's module.
 */
export async function main(): Promise<void> {
  const { Agent, Runner, RunState, tool } = (await import(process.env.AGENTS_SDK ?? '')) as AgentsSdk
  const sql = openSql(process.env.DATABASE_URL ?? '', { max: 10, name: 'own agents' })
  await sql`create table own_agent_runs (
    id bigint generated always as identity primary key, state text not null, status text not null default 'pending',
    asked_at timestamptz not null default now(), decided_at timestamptz, output jsonb)`
  const refund = tool({
    name: 'process_refund',
    description: 'Pays an order back.',
    strict: false,
    parameters: {
      type: 'object',
      properties: { amount: { type: 'number' }, order_id: { type: 'string' } },
      required: ['amount', 'order_id'],
      additionalProperties: true,
    },
    needsApproval: async (_: unknown, { amount }: { amount: number }) => amount > 1000,
    execute: async () => ({ refund_id: 'RF-4711' }),
  })
  const agent = new Agent({ name: 'Order manager', model: { getResponse: answer }, tools: [refund] })
  const runner = new Runner({ tracingDisabled: true })
  serveSteps<Body>({
    asks: async (_, { task }) => {
      const { state } = await runner.run(agent, task)
      if (state.getInterruptions().length !== 1) throw new Error('The call was not held.')
      const [row] = await sql`insert into own_agent_runs (state) values (${state.toString()}) returning id`
      return row
    },
    decision: async (id) => {
      const [row] = await sql<{ state: string }[]>`
        update own_agent_runs set status = 'approved', decided_at = now()
        where id = ${id} and status = 'pending' returning state`
      if (!row) return undefined
      const state = await RunState.fromString(agent, row.state)
      for (const interruption of state.getInterruptions()) state.approve(interruption)
      const { finalOutput } = await runner.run(agent, state)
      if (finalOutput !== 'Refunded.') throw new Error('The agent did not come to its end.')
      const [done] = await sql`
        update own_agent_runs set output = ${sql.json({ output: finalOutput })} where id = ${id} returning id, output`
      return done
    },
  })
}

const usage = { requests: 1, inputTokens: 0, outputTokens: 0, totalTokens: 0 }

/** The model: it calls the tool with what it is told to refund, and is done when that has answered. */
async function answer({ input }: { input: string | Item[] }): Promise<object> {
  const items = typeof input === 'string' ? [{ role: 'user', content: input }] : input
  if (items.some(({ type }) => type === 'function_call_result')) {
    const content = [{ type: 'output_text', text: 'Refunded.' }]
    return { usage, output: [{ type: 'message', role: 'assistant', status: 'completed', content }] }
  }
  const task = items.find(({ role }) => role === 'user')?.content
  const call = { name: 'process_refund', arguments: task, callId: `call_${randomUUID()}` }
  return { usage, output: [{ type: 'function_call', status: 'completed', ...call }] }
}
