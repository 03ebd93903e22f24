import type { JsonObject } from '../json.ts'
import type { GateOptions } from '../outcome.ts'
import type { Run } from '../run.ts'
import type { Approval } from '../approval.ts'
import { callIdIn, told } from './framework.ts'

/** What the model was asked so far: the same for all calls of one turn, also in a state that was kept. */
type Counted = { usage: { requests: number } }
type Details = { toolCall?: { callId: string } }
type FunctionTool = {
  name: string
  needsApproval: (context: never, input: never, callId?: string) => Promise<boolean>
  invoke: (context: never, input: string, details?: never) => Promise<unknown>
}
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
export function held<T extends FunctionTool>(
  run: Run,
  tool: T,
  { earlier }: Pick<GateOptions<unknown>, 'earlier'> = {},
): T {
  const { name } = tool
  const callIdOf = ({ usage }: Counted, id?: string) => callIdIn(usage.requests, id, name)
  const invoke = async (context: Counted, input: string, details?: Details): Promise<unknown> => {
    const callId = callIdOf(context, details?.toolCall?.callId)
    const execute = (params: JsonObject) =>
      tool.invoke(context as never, JSON.stringify(params), details as never)
    return told(await run.gate(name, JSON.parse(input) as JsonObject, execute, { callId, earlier }))
  }
  const needsApproval = async (context: Counted, input: object, id?: string) =>
    (await run.ask(name, input, { callId: callIdOf(context, id) })).approval !== undefined
  return { ...tool, needsApproval, invoke }
}

/**
 * Approves and rejects the interruptions of a state as they were decided; then run the agent with the state again.
 * @param options.wait false does not wait for a person
 * @returns what nobody has decided yet
 * @throws Refused where one of them ended the run
 */
export async function settle<I extends Interruption>(
  run: Run,
  state: RunState<I>,
  { wait = true, signal }: { wait?: boolean; signal?: AbortSignal } = {},
): Promise<Approval[]> {
  const settled = state.getInterruptions().map(async (item) => {
    const {
      name,
      callId: id,
      arguments: input,
    } = item.rawItem as Record<'name' | 'callId' | 'arguments', string>
    const callId = callIdIn(state.usage.requests, id, name)
    const asked = await run.ask(name, JSON.parse(input) as object, { callId, signal })
    return { item, asked: wait ? await run.settle(asked, { signal }) : asked }
  })
  const open: Approval[] = []
  for (const { item, asked } of await Promise.all(settled)) {
    if (asked.action === 'wait') open.push(asked.approval)
    else if (asked.action === 'continue') state.reject(item, { message: asked.message })
    else state.approve(item)
  }
  return open
}
