import type { Asked } from '../call.ts'
import { Refused } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import type { GateOptions } from '../outcome.ts'
import type { Run } from '../run.ts'
import type { Approval } from '../types.ts'

type Execute = (input: never, options: never) => unknown
type Tools = Record<string, { execute?: Execute }>
type Part = { type: string; approvalId?: string; toolCallId?: string; toolName?: string; input?: unknown }
type Message = { role: string; content: unknown }
type Call = { toolCall: { toolName: string; toolCallId: string; input: unknown } }
type Response = { type: 'tool-approval-response'; approvalId: string; approved: boolean; reason?: string }

/**
 * The tools of the AI SDK 6 or 7 behind the gate: none runs but through it. Held calls become approval requests, for
 * `answer` to answer; with `toolApproval` of version 7, that decides how they are held.
 */
export function gateTools<T extends Tools>(
  run: Run,
  tools: T,
  { earlier }: Pick<GateOptions<unknown>, 'earlier'> = {},
): T {
  const gated = Object.entries(tools).map(([name, tool]) => {
    if (!tool.execute) return [name, tool]
    const { execute } = tool
    const needsApproval = async (input: object, { toolCallId: callId }: { toolCallId: string }) =>
      (await run.ask(name, input, { callId })).approval !== undefined
    const gate = async (input: JsonObject, options: { toolCallId: string; abortSignal?: AbortSignal }) => {
      const about = { callId: options.toolCallId, earlier, signal: options.abortSignal }
      const outcome = await run.gate(
        name,
        input,
        (params) => execute(params as never, options as never),
        about,
      )
      if (outcome.kind === 'failed') throw outcome.replayed ? outcome.error : outcome.error.cause
      return outcome.kind === 'ran' ? outcome.output : outcome.kind === 'rejected' && outcome.message
    }
    return [name, { ...tool, needsApproval, execute: gate }]
  })
  return Object.fromEntries(gated) as T
}

/**
 * `toolApproval` of the AI SDK 7, beside `gateTools`.
 * @param options.mode `wait` never pauses the SDK: it waits for the person; `park` makes approval requests
 */
export function toolApproval(run: Run, { mode = 'wait' }: { mode?: 'wait' | 'park' } = {}) {
  return async ({ toolCall: { toolName, toolCallId: callId, input } }: Call) => {
    const asked = await run.ask(toolName, input as object, { callId })
    if (!asked.approval) return undefined
    if (mode === 'park') return { type: 'user-approval' as const, reason: asked.approval.url }
    const settled = await run.settle(asked)
    return mayRun(run, settled) ? undefined : { type: 'denied' as const, reason: settled.message }
  }
}

/** @throws Refused where the answer ended the run */
function mayRun(run: Run, { action, message, approval }: Asked): boolean {
  if (action === 'stop') throw run.end(new Refused(message, { approval }))
  return action !== 'continue'
}

/**
 * The message that answers the open approval requests of a conversation; append it and go on.
 * @param options.wait false does not wait for a person
 * @returns as `open` what nobody has decided yet; and no message where nothing is decided
 * @throws Refused where one of them ended the run
 */
export async function answer(run: Run, messages: Message[], { wait = true }: { wait?: boolean } = {}) {
  const parts = messages.flatMap(({ content }) => (Array.isArray(content) ? (content as Part[]) : []))
  const ofType = (type: string) => parts.filter((part) => part.type === type)
  const answered = new Set(ofType('tool-approval-response').map(({ approvalId }) => approvalId))
  const requests = ofType('tool-approval-request').filter(({ approvalId }) => !answered.has(approvalId))
  const open: Approval[] = []
  const settled = requests.map(async ({ approvalId = '', toolCallId: callId = '' }) => {
    const call = ofType('tool-call').find((part) => part.toolCallId === callId)
    const asked = await run.ask(call?.toolName ?? '', call?.input as object, { callId })
    return { approvalId, asked: wait ? await run.settle(asked) : asked }
  })
  const content: Response[] = []
  for (const { approvalId, asked } of await Promise.all(settled)) {
    if (asked.action === 'wait') open.push(asked.approval)
    else {
      const approved = mayRun(run, asked)
      const reason = approved ? {} : { reason: asked.message }
      content.push({ type: 'tool-approval-response', approvalId, approved, ...reason })
    }
  }
  return { message: content.length > 0 ? { role: 'tool' as const, content } : undefined, open }
}
