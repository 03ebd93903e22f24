import type { JsonObject } from '../json.ts'
import type { Run } from '../run.ts'
import { callIdIn, isHeld, settleAll, told, type Books } from './framework.ts'

type Tools = Record<string, { execute?: (input: never, options: never) => unknown }>
type Part = { type: string; approvalId?: string; toolCallId?: string; toolName?: string; input?: object }
type Message = { role: string; content: unknown }
type Options = { toolCallId: string; messages: Message[]; abortSignal?: AbortSignal }
type Call = { toolCall: { toolName: string; toolCallId: string; input: unknown }; messages: Message[] }
type Response = { type: 'tool-approval-response'; approvalId: string; approved: boolean; reason?: string }

/**
 * The tools of the AI SDK 6 or 7 behind the gate: none runs but through it. Held calls become approval requests, for
 * `answer` to answer; with `toolApproval` of version 7, that decides how they are held.
 */
export function gateTools<T extends Tools>(run: Run, tools: T, { earlier }: Books = {}): T {
  const gated = Object.entries(tools).map(([name, tool]) => {
    const { execute } = tool
    if (!execute) return [name, tool]
    const about = ({ messages, toolCallId, abortSignal: signal }: Options) => {
      return { callId: callIdOf(messages, toolCallId, name), earlier, signal }
    }
    const gate = async (input: JsonObject, options: Options) => {
      const call = (params: JsonObject) => execute(params as never, options as never)
      return told(await run.gate(name, input, call, about(options)))
    }
    const needsApproval = (input: object, options: Options) => isHeld(run, name, input, about(options))
    return [name, { ...tool, needsApproval, execute: gate }]
  })
  return Object.fromEntries(gated) as T
}

/**
 * `toolApproval` of the AI SDK 7, beside `gateTools`.
 * @param options.mode `wait` never pauses the SDK: it waits for the person; `park` makes approval requests
 */
export function toolApproval(run: Run, { mode = 'wait' }: { mode?: 'wait' | 'park' } = {}) {
  return async ({ toolCall: { toolName: tool, toolCallId, input }, messages }: Call) => {
    const asked = await run.ask(tool, input as object, { callId: callIdOf(messages, toolCallId, tool) })
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
export async function answer(run: Run, messages: Message[], options: { wait?: boolean } = {}) {
  const all = messages.flatMap((message, turn) => partsOf(message).map((part) => ({ ...part, turn })))
  const answered = all.filter(({ type }) => type === responded).map(({ approvalId }) => approvalId)
  const requests = all.filter(({ type, approvalId }) => type === requested && !answered.includes(approvalId))
  const calls = requests.map(({ turn, toolCallId, approvalId = '' }) => {
    const call = all.find((part) => part.turn === turn && isOf('tool-call', toolCallId)(part))
    const { toolName: tool = '', input: params = {} } = call ?? {}
    return { approvalId, tool, params, callId: callIdIn(turn, toolCallId, tool) }
  })
  const content: Response[] = []
  const open = await settleAll(run, calls, options, ({ approvalId }, reason) => {
    content.push({ type: responded, approvalId, approved: reason === undefined, ...(reason && { reason }) })
  })
  return { message: content.length > 0 ? { role: 'tool' as const, content } : undefined, open }
}

const requested = 'tool-approval-request'
const responded = 'tool-approval-response'
const partsOf = ({ content }: Message) => (Array.isArray(content) ? (content as Part[]) : [])
const isOf = (type: string, id?: string) => (part: Part) => part.type === type && part.toolCallId === id

/** The turn is the place of the message that calls: one that is there and has no result, else the next. */
function callIdOf(messages: Message[] | undefined, id: string, tool: string): string {
  const last = (type: string) => messages?.findLastIndex((one) => partsOf(one).some(isOf(type, id))) ?? -1
  const place = last('tool-call')
  return callIdIn(place > last('tool-result') ? place : messages?.length, id, tool)
}
