import type { JsonObject } from '../json.ts'
import type { GateOptions } from '../outcome.ts'
import type { Run } from '../run.ts'
import { begin, placeOf, told } from './framework.ts'

type Context = {
  agent?: { toolCallId?: string; resumeData?: unknown; suspend?: (payload: never) => Promise<unknown> }
  abortSignal?: AbortSignal
}
type Tool = { id: string; execute?: (input: never, context: never) => unknown }

export type GatedOptions = Pick<GateOptions<unknown>, 'mode' | 'earlier'> & {
  /** The agent's own id of a call, where it is made by no agent of Mastra. */
  callId?: string
}

/**
 * The tool of Mastra behind the gate. A rejection or an expiry after which the run goes on is the tool's answer; one that
 * ends the run is thrown as Refused, which Mastra tells the model: pass `abortSignal: run.signal` to the agent.
 *
 * @param options.mode `park` suspends the agent where a call is held, with `{holdpoint, url, expires_at}`; resumed with
 *   `{wait: true}` it waits for the decision in place, with anything else it suspends again while the call is held
 */
export function gated<T extends Tool>(run: Run, tool: T, options: GatedOptions = {}): T {
  const { execute } = tool
  if (!execute) return tool
  const gate = async (input: JsonObject, context: Context) => {
    const { toolCallId, suspend, resumeData } = context.agent ?? {}
    const callId = options.callId ?? toolCallId ?? ''
    const end = begin(run, callId)
    const shallWait = (resumeData as { wait?: unknown } | undefined)?.wait === true
    const outcome = await run.gate(tool.id, input, (params) => execute(params as never, context as never), {
      callId,
      earlier: options.earlier,
      mode: shallWait ? 'wait' : options.mode,
      signal: context.abortSignal,
    })
    if (outcome.kind !== 'parked') {
      end()
      return told(outcome)
    }
    if (!suspend) throw new TypeError('Only an agent of Mastra can be suspended: use the mode `wait`.')
    return suspend(placeOf(outcome.approval) as never)
  }
  // the tool keeps its class, of which Mastra looks at more than its fields
  const copy = Object.assign(Object.create(Object.getPrototypeOf(tool) as object) as T, tool)
  return Object.assign(copy, { execute: gate })
}
