import { Refused } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import type { GateOptions } from '../outcome.ts'
import type { Run } from '../run.ts'
import type { Approval } from '../types.ts'

type Details = { toolCall?: { callId: string } }
type FunctionTool = {
  name: string
  needsApproval: (context: never, input: never, callId?: string) => Promise<boolean>
  invoke: (context: never, input: string, details?: never) => Promise<unknown>
}
type Interruption = { rawItem: object }
type RunState<I extends Interruption> = {
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
  const invoke = async (context: never, input: string, details?: Details): Promise<unknown> => {
    const callId = details?.toolCall?.callId ?? ''
    const execute = (params: JsonObject) => tool.invoke(context, JSON.stringify(params), details as never)
    const outcome = await run.gate(tool.name, JSON.parse(input) as JsonObject, execute, { callId, earlier })
    if (outcome.kind === 'failed') throw outcome.replayed ? outcome.error : outcome.error.cause
    return outcome.kind === 'ran' ? outcome.output : outcome.kind === 'rejected' && outcome.message
  }
  const needsApproval = async (_: unknown, input: object, callId = '') =>
    (await run.ask(tool.name, input, { callId })).approval !== undefined
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
    const { name, callId, arguments: input } = item.rawItem as Record<'name' | 'callId' | 'arguments', string>
    const asked = await run.ask(name, JSON.parse(input) as object, { callId, signal })
    return { item, asked: wait ? await run.settle(asked, signal ? { signal } : {}) : asked }
  })
  const open: Approval[] = []
  for (const { item, asked } of await Promise.all(settled)) {
    const { action, message, approval } = asked
    if (action === 'stop') throw run.end(new Refused(message, { approval }))
    if (action === 'wait') open.push(approval)
    else if (action === 'continue') state.reject(item, { message })
    else state.approve(item)
  }
  return open
}
