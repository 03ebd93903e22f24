import type { JsonObject } from '../json.ts'
import type { Run } from '../run.ts'
import type { Approval } from '../approval.ts'
import { callIdIn, isHeld, settleAll, told, type Books } from './framework.ts'

/** What the model was asked so far: the same for all calls of one turn, also in a state that was kept. */
type Counted = { usage: { requests: number } }
type Details = { toolCall?: { callId: string } }
type FunctionTool = {
  name: string
  needsApproval: (context: never, input: never, callId?: string) => Promise<boolean>
  invoke: (context: never, input: string, details?: never) => Promise<unknown>
}
type RawItem = { name: string; callId: string; arguments: string }
type Interruption = { rawItem: object }
type RunState<I extends Interruption> = Counted & {
  getInterruptions(): I[]
  approve(item: I): void
  reject(item: I, options: { message: string }): void
}

/**
 * The function tool of the OpenAI Agents SDK behind the gate: held calls interrupt the run, as `needsApproval` does, for
 * `settle` to answer; none runs but through the gate. A tool that turns its errors into text has run, as far as is seen.
 */
export function held<T extends FunctionTool>(run: Run, tool: T, { earlier }: Books = {}): T {
  const { name } = tool
  const about = ({ usage }: Counted, id?: string) => ({ callId: callIdIn(usage.requests, id, name), earlier })
  const invoke = async (context: Counted, input: string, details?: Details): Promise<unknown> => {
    const execute = (params: JsonObject) =>
      tool.invoke(context as never, JSON.stringify(params), details as never)
    const params = JSON.parse(input) as JsonObject
    return told(await run.gate(name, params, execute, about(context, details?.toolCall?.callId)))
  }
  const needsApproval = (context: Counted, input: object, id?: string) =>
    isHeld(run, name, input, about(context, id))
  return { ...tool, needsApproval, invoke }
}

/**
 * Approves and rejects the interruptions of a state as they were decided; then run the agent with the state again.
 * @param options.wait false does not wait for a person
 * @returns what nobody has decided yet
 * @throws Refused where one of them ended the run
 */
export function settle<I extends Interruption>(
  run: Run,
  state: RunState<I>,
  options: { wait?: boolean; signal?: AbortSignal } = {},
): Promise<Approval[]> {
  const calls = state.getInterruptions().map((item) => {
    const { name: tool, callId: id, arguments: input } = item.rawItem as RawItem
    return {
      item,
      tool,
      params: JSON.parse(input) as object,
      callId: callIdIn(state.usage.requests, id, tool),
    }
  })
  return settleAll(run, calls, options, ({ item }, message) =>
    message === undefined ? state.approve(item) : state.reject(item, { message }),
  )
}
