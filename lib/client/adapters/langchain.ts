import type { GateOptions } from '../outcome.ts'
import type { Run } from '../run.ts'
import { callIdIn, placeOf, told } from './framework.ts'

export { keptInRun } from './memory-saver.ts'

type ToolCall = { id?: string; name: string; args: Record<string, unknown> }
type Request = {
  toolCall: ToolCall
  tool?: unknown
  state: { messages?: unknown[] }
  runtime: { interrupt?: (value: unknown) => unknown; signal?: AbortSignal }
}

export type MiddlewareOptions = Pick<GateOptions<unknown>, 'mode' | 'earlier'> & {
  /** The agent's own words for reviewers. */
  describe?: (call: ToolCall) => string
}

/** What the model reads of what the tool gave back, and what is recorded; a Command of LangGraph has no content. */
const contentOf = (message: object) => ('content' in message ? message.content : null)

/**
 * Middleware for `createAgent` of LangChain: each tool call goes through the gate. A rejection or an expiry after which
 * the run goes on is told to the model as the tool's answer; one that ends the run is thrown as Refused.
 *
 * @param options.mode `park` interrupts the graph where a call is held, with `{holdpoint, url, expires_at}`; a checkpointer
 *   is needed. Resumed with `'wait'` it waits for the decision in place, with anything else it interrupts again while
 *   the call is held.
 */
export function holdpointMiddleware(run: Run, options: MiddlewareOptions = {}) {
  const { mode, earlier, describe } = options
  return {
    [Symbol.for('AgentMiddleware')]: true as const,
    name: 'Holdpoint',
    async wrapToolCall<M extends object>(
      request: Request,
      handler: (request: never) => M | Promise<M>,
    ): Promise<M> {
      const { toolCall, state, runtime } = request
      const handle = (more: object) => handler({ ...request, ...more } as never)
      /** The framework makes the message, as it does of what a tool answers. */
      const say = async (invoke: () => unknown) =>
        handle({ tool: { name: toolCall.name, invoke: async () => invoke() } })
      const { name, args: params } = toolCall
      let message: M | undefined
      const execute = async (args: Record<string, unknown>) =>
        contentOf((message = await handle({ toolCall: { ...toolCall, args } })))
      try {
        const callId = callIdIn(state.messages?.length, toolCall.id, name)
        const about = { callId, earlier, signal: runtime.signal, description: describe?.(toolCall) }
        let outcome = await run.gate(name, params, execute, { ...about, mode })
        while (outcome.kind === 'parked') {
          if (!runtime.interrupt) throw new TypeError('This LangGraph cannot interrupt: use the mode `wait`.')
          const isToWait = runtime.interrupt(placeOf(outcome.approval)) === 'wait'
          outcome = await run.gate(name, params, execute, { ...about, mode: isToWait ? 'wait' : mode })
        }
        const output = told(outcome)
        if (message && 'content' in message && outcome.kind === 'ran' && outcome.edited)
          message.content = output
        return message ?? (await say(() => output))
      } catch (error) {
        // what a tool throws reaches who called the agent as it is, once for all calls of a turn
        await say(() => Promise.reject(error as Error)).catch(() => undefined)
        throw error
      }
    },
  }
}
