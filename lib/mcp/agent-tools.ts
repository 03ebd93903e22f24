import { randomUUID } from 'node:crypto'
import type { McpServer, ServerContext, Tool as Listed } from '@modelcontextprotocol/server'
import { z } from 'zod'
import { ask, said, told, trying, type Backend } from './backend'
import { lossyNumbers } from './lossy-numbers'
import { Summary, summaryOf } from './summary'

const Params = z
  .record(z.string(), z.unknown())
  .describe('The arguments of the call, exactly as it would be made.')
const Tool = z.string().describe('The name of the tool, as the policy has it.')
const ApprovalId = z.string().describe('apr_…')

export type AgentOptions = {
  backend: Backend
  /** The agent whose policy counts, where a call names none. */
  agent: string | undefined
  /** What the key may do. */
  scopes: readonly string[]
  /** The run of the calls that name none; without, each is a run of its own. */
  run?: () => Promise<string>
}

const mostSeconds = 240
const progressMs = 10_000
/** How often to look where an answer cannot be held. */
const pollMs = 5000

const waiting = {
  title: 'Wait for the decision',
  description:
    'Waits until a person has decided, and says what to do; still `wait` where the time was too short.',
  inputSchema: z.strictObject({
    approval_id: ApprovalId,
    seconds: z.number().int().min(0).max(mostSeconds).optional().describe(`At most ${mostSeconds}; else 50.`),
  }),
  outputSchema: Summary,
  annotations: { readOnlyHint: true },
}

/** The tools of who holds an agent key: to ask, to wait, to take what was approved and to tell what came of it. */
export function addAgentTools(server: McpServer, { backend, agent, scopes, run }: AgentOptions): void {
  const whereOf = async (named: { agent?: string | undefined; run_id?: string | undefined }) => {
    if (named.run_id !== undefined) return { run_id: named.run_id }
    if (named.agent !== undefined) return { agent: named.agent }
    if (run) return { run_id: await run() }
    if (agent !== undefined) return { agent }
    throw new Error('Say as which agent: agent.')
  }

  server.registerTool(
    'request_approval',
    {
      title: 'Ask whether a call may be made',
      description:
        'Asks Holdpoint whether a call of a tool may be made, before it is made. Do what `next` says: execute makes the call, wait waits with wait_for_decision. The same call_id with the same arguments is the same question.',
      inputSchema: z.strictObject({
        tool: Tool,
        params: Params,
        call_id: z.string().describe('Your own id of this call, the same when you ask again.'),
        description: z.string().optional().describe('Why, for the person who decides.'),
        agent: z.string().optional(),
        run_id: z.string().optional(),
      }),
      outputSchema: Summary,
      annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true },
    },
    ({ tool, params, call_id, description, ...named }) =>
      trying(async () => {
        const lossy = lossyNumbers(params)
        if (lossy) return lossy
        const body = { ...(await whereOf(named)), tool, params, tool_call_id: call_id, description }
        return told(summaryOf(await ask(backend, { method: 'POST', path: '/approvals', body })))
      }),
  )

  server.registerTool('wait_for_decision', waiting, ({ approval_id, seconds = 50 }, ctx) =>
    trying(async () => told(summaryOf(await waitFor(backend, approval_id, seconds, ctx)))),
  )

  server.registerTool(
    'claim_approval',
    {
      title: 'Take the one use of an approval',
      description:
        'Takes the one use of an approval. Only where this succeeds may the call be made, once, with exactly the arguments that were approved.',
      inputSchema: z.strictObject({
        approval_id: ApprovalId,
        tool: Tool,
        params: Params,
        claim_id: z
          .string()
          .optional()
          .describe('Random and your own: claiming again by it is answered alike, where an answer was lost.'),
      }),
      outputSchema: Summary,
    },
    ({ approval_id, tool, params, claim_id = randomUUID() }) =>
      trying(async () => {
        const lossy = lossyNumbers(params)
        if (lossy) return lossy
        const path = `/approvals/${encodeURIComponent(approval_id)}/claim`
        const claimed = summaryOf(
          await ask(backend, { method: 'POST', path, body: { tool, params, claim_id } }),
        )
        const message = 'It is yours: make the call now, once, and tell its result with report_result.'
        return told({ ...claimed, next: { action: 'execute', message } })
      }),
  )

  server.registerTool(
    'report_result',
    {
      title: 'Tell the result of a call',
      description: 'Records what came of a call that was approved and claimed.',
      inputSchema: z.strictObject({
        approval_id: ApprovalId,
        status: z.enum(['succeeded', 'failed']),
        output: z.unknown().optional(),
        error: z.unknown().optional(),
      }),
      outputSchema: z.object({ call_id: z.string(), status: z.string() }),
      annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true },
    },
    ({ approval_id, ...body }) =>
      trying(async () => {
        const path = `/approvals/${encodeURIComponent(approval_id)}/result`
        const call = await ask(backend, { method: 'POST', path, body })
        return told({ call_id: String(call.tool_call_id), status: String(call.status) })
      }),
  )

  server.registerTool(
    'permission',
    {
      title: 'Decide on a permission prompt',
      description: 'For a client’s option --permission-prompt-tool. Not to be called by a model.',
      // a newer client may say more of its prompt
      inputSchema: z.object({
        tool_name: z.string(),
        input: z.record(z.string(), z.unknown()),
        tool_use_id: z.string().optional(),
      }),
    },
    async ({ tool_name: tool, input, tool_use_id: id }, ctx) => {
      const answer = await permit(tool, input, id, ctx).catch((error: unknown) =>
        deny((error as Error).message),
      )
      return said(JSON.stringify(answer))
    },
  )

  if (scopes.includes('run')) return
  // the others are not shown; called all the same, the API refuses them and names the scope
  const { inputSchema, outputSchema, ...shown } = waiting
  const wait = {
    name: 'wait_for_decision',
    ...shown,
    inputSchema: z.toJSONSchema(inputSchema, { io: 'input' }) as Listed['inputSchema'],
    outputSchema: z.toJSONSchema(outputSchema) as Listed['outputSchema'],
  }
  server.server.setRequestHandler('tools/list', () => ({ tools: scopes.includes('read') ? [wait] : [] }))

  async function permit(
    tool: string,
    params: Record<string, unknown>,
    id: string | undefined,
    ctx: ServerContext,
  ) {
    const lossy = lossyNumbers(params)
    if (lossy) return deny(lossy.content[0]?.text ?? '')
    const claim_id = randomUUID()
    const body = {
      ...(await whereOf({})),
      tool,
      params,
      tool_call_id: id ?? randomUUID(),
      start_id: claim_id,
    }
    let approval = await ask(backend, { method: 'POST', path: '/approvals', body, signal: ctx.mcpReq.signal })
    if (approval.required === true) approval = await waitFor(backend, String(approval.id), Infinity, ctx)
    const { action, message } = summaryOf(approval).next
    if (action !== 'execute') return deny(message)
    if (approval.required === false) return { behavior: 'allow', updatedInput: params }
    const approved = approval.params as Record<string, unknown>
    // nobody is told of a call that nobody waits for any more
    ctx.mcpReq.signal.throwIfAborted()
    const path = `/approvals/${String(approval.id)}/claim`
    await ask(backend, { method: 'POST', path, body: { tool, params: approved, claim_id } })
    const lossyEdit = lossyNumbers(approved)
    return lossyEdit ? deny(lossyEdit.content[0]?.text ?? '') : { behavior: 'allow', updatedInput: approved }
  }
}

function deny(message: string) {
  return { behavior: 'deny', message }
}

/** Holds until it is decided, or for so many seconds. */
async function waitFor(
  backend: Backend,
  id: string,
  seconds: number,
  { mcpReq }: ServerContext,
): Promise<Record<string, unknown>> {
  const begun = performance.now()
  const path = `/approvals/${encodeURIComponent(id)}`
  const progressToken = mcpReq._meta?.progressToken
  let url = ''
  const tell = async () => {
    const progress = Math.round(performance.now() - begun) / 1000
    const message = `Waiting for a person: ${url}`
    await mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress, message } })
  }
  const ticking =
    progressToken === undefined
      ? undefined
      : setInterval(() => void tell().catch(() => undefined), progressMs)
  try {
    for (;;) {
      mcpReq.signal.throwIfAborted()
      const left = seconds - (performance.now() - begun) / 1000
      const wait = Math.max(0, Math.min(50, Math.ceil(left)))
      const asked = performance.now()
      const approval = await ask(backend, { method: 'GET', path, wait, signal: mcpReq.signal })
      url = String(approval.url)
      if (summaryOf(approval).next.action !== 'wait' || left <= 0) return approval
      // what is approved, and waits for its paused agent, is answered at once
      const pauseMs = approval.status === 'pending' ? 1000 : pollMs
      const early = Math.min(pauseMs - (performance.now() - asked), left * 1000)
      if (early > 0) await new Promise((resolve) => setTimeout(resolve, early))
    }
  } finally {
    clearInterval(ticking)
  }
}
