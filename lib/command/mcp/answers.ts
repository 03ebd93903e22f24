import { isObject, type JsonObject } from '@/lib/client/json'
import type { RecordedCall } from '@/lib/client/types'
import { readJson } from '@/lib/json/read'
import { writeJson } from '@/lib/json/write'
import type { Held } from './calls'
import { answer, rpcCode, withResult, type ToolRequest } from './message'

/** What an answer has to know of the call. */
type Asked = { request: ToolRequest; isModern: boolean }

/** An answer to the client. */
export type Answered = { kind: 'answer'; text: string }

/** Tells the model what is the matter instead of a result. */
export function say({ request, isModern }: Asked, text: string): Answered {
  const result = { content: [{ type: 'text', text }], isError: true }
  return {
    kind: 'answer',
    text: answer(request.id, isModern ? { resultType: 'complete', ...result } : result),
  }
}

export function refuse({ request }: Asked, message: string): Answered {
  const error = { code: rpcCode.invalidParams, message, data: { reason: 'invalid_request_state' } }
  return { kind: 'answer', text: writeJson({ jsonrpc: '2.0', id: request.id, error }) }
}

export function withId(text: string, id: ToolRequest['id']): string {
  return writeJson({ ...(readJson(text) as JsonObject), id })
}

export function withChanges(text: string, args: JsonObject): string {
  const note = { type: 'text', text: `Run with changed arguments: ${writeJson(args)}` }
  return withResult(text, (result) => ({
    ...result,
    content: [note, ...(Array.isArray(result.content) ? (result.content as unknown[]) : [])],
  }))
}

/** What is recorded of a server's answer: a result that is an error is a failure that has it. */
export function resultOf(text: string): { status: 'succeeded' | 'failed'; text: string } {
  const { result, error } = readJson(text) as { result?: unknown; error?: unknown }
  if (error !== undefined) {
    const message = isObject(error) ? error.message : undefined
    return { status: 'failed', text: writeJson({ name: 'McpError', message: message ?? '', error }) }
  }
  if (!isObject(result) || result.isError !== true)
    return { status: 'succeeded', text: writeJson(result ?? null) }
  const [first] = Array.isArray(result.content) ? (result.content as unknown[]) : []
  const message = isObject(first) && typeof first.text === 'string' ? first.text.slice(0, 2000) : ''
  return { status: 'failed', text: writeJson({ name: 'ToolError', message, result }) }
}

/** The recorded result of a call that ran before. */
export function replayed(passage: Asked, { status, output, error, truncated }: RecordedCall): Answered {
  const result = status === 'succeeded' ? output : isObject(error) ? error.result : undefined
  if (!truncated && isObject(result) && Array.isArray(result.content)) {
    return { kind: 'answer', text: answer(passage.request.id, result) }
  }
  if (!truncated && isObject(error) && isObject(error.error)) {
    return { kind: 'answer', text: writeJson({ jsonrpc: '2.0', id: passage.request.id, error: error.error }) }
  }
  const what = status === 'succeeded' ? 'ran' : 'ran and failed'
  const kept = writeJson(status === 'succeeded' ? output : error)
  return say(passage, `This call ${what} before and was not run again. What is recorded of it: ${kept}`)
}

/** @param passedMs since the approval was read */
export function waitingWords({ url, leftMs }: Held, passedMs = 0): string {
  return `Waiting for a person: ${url}, ${spanOf(leftMs - passedMs)} left`
}

function spanOf(ms: number): string {
  const minutes = Math.max(0, Math.round(ms / 60_000))
  if (minutes >= 120) return `${Math.round(minutes / 60)} h`
  return minutes >= 2 ? `${minutes} min` : `${Math.max(0, Math.round(ms / 1000))} s`
}
