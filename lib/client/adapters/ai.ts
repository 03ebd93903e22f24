import type { JsonObject } from '../json.ts'
import type { GateOptions } from '../outcome.ts'
import type { Run } from '../run.ts'
import type { Approval } from '../approval.ts'
import { callIdIn, told } from './framework.ts'

type Execute = (input: never, options: never) => unknown
type Tools = Record<string, { execute?: Execute }>
type Part = { type: string; approvalId?: string; toolCallId?: string; toolName?: string; input?: unknown }
type Message = { role: string; content: unknown }
type Options = { toolCallId: string; messages: Message[]; abortSignal?: AbortSignal }
type Call = { toolCall: { toolName: string; toolCallId: string; input: unknown }; messages: Message[] }
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
    const { execute } = tool
    if (!execute) return [name, tool]
    const needsApproval = async (input: object, { toolCallId, messages }: Options) =>
      (await run.ask(name, input, { callId: callIdOf(messages, toolCallId, name) })).approval !== undefined
    const gate = async (input: JsonObject, options: Options) => {
      const { toolCallId, messages, abortSignal: signal } = options
      const about = { callId: callIdOf(messages, toolCallId, name), earlier, signal }
      const call = (params: JsonObject) => execute(params as never, options as never)
      return told(await run.gate(name, input, call, about))
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
  return async ({ toolCall: { toolName, toolCallId, input }, messages }: Call) => {
    const asked = await run.ask(toolName, input as object, {
      callId: callIdOf(messages, toolCallId, toolName),
    })
    if (!asked.approval) return undefined
    if (mode === 'park') return { type: 'user-approval' as const, reason: asked.approval.url }
    const { action, message: reason } = await run.settle(asked)
    return action === 'continue' ? { type: 'denied' as const, reason } : undefined
  }
}

/**
 * The message that answers the open approval requests of a conversation; append it and go on.
 * @param options.wait false does not wait for a person
 * @returns as `open` what nobody has decided yet; and no message where nothing is decided
 * @throws Refused where one of them ended the run
 */
export async function answer(run: Run, messages: Message[], { wait = true }: { wait?: boolean } = {}) {
  const answered = new Set(
    messages.flatMap(partsOf).map(({ type, approvalId }) => type === responded && approvalId),
  )
  const requests = messages.flatMap((message, turn) => {
    const parts = partsOf(message)
    const open = parts.filter(
      (part) => part.type === 'tool-approval-request' && !answered.has(part.approvalId),
    )
    return open.map(async ({ approvalId = '', toolCallId }) => {
      const call = parts.find((part) => part.type === 'tool-call' && part.toolCallId === toolCallId)
      const tool = call?.toolName ?? ''
      const asked = await run.ask(tool, call?.input as object, { callId: callIdIn(turn, toolCallId, tool) })
      return { approvalId, asked: wait ? await run.settle(asked) : asked }
    })
  })
  const open: Approval[] = []
  const content: Response[] = []
  for (const { approvalId, asked } of await Promise.all(requests)) {
    if (asked.action === 'wait') open.push(asked.approval)
    else if (asked.action !== 'continue') content.push({ type: responded, approvalId, approved: true })
    else content.push({ type: responded, approvalId, approved: false, reason: asked.message })
  }
  return { message: content.length > 0 ? { role: 'tool' as const, content } : undefined, open }
}

const responded = 'tool-approval-response' as const

const partsOf = ({ content }: Message) => (Array.isArray(content) ? (content as Part[]) : [])

/** The turn is the place of the message that calls: one that is there and has no result, else the next. */
function callIdOf(messages: Message[] | undefined, id: string, tool: string): string {
  if (!messages) return callIdIn(undefined, id, tool)
  const last = (type: string) =>
    messages.findLastIndex((one) => partsOf(one).some((part) => part.type === type && part.toolCallId === id))
  const place = last('tool-call')
  return callIdIn(place > last('tool-result') ? place : messages.length, id, tool)
}
