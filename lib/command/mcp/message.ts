import { AppError } from '@/lib/errors'
import { isObject, type JsonObject } from '@/lib/client/json'
import { readJson } from '@/lib/json/read'
import { parseStrict } from '@/lib/json/strict'
import { writeJson } from '@/lib/json/write'

/** What says whether a message is a call, and of which tool. */
const members: ReadonlySet<string> = new Set(['jsonrpc', 'id', 'method', 'params', 'name', 'arguments'])

/** Members that are not these but for their case, each with the object that it is in. */
function likenesses(one: object): [object: JsonObject, key: string][] {
  const keys = Object.keys(one).filter((key) => !members.has(key) && members.has(key.toLowerCase()))
  return keys.map((key) => [one as JsonObject, key])
}

/** The id of a JSON-RPC request, which its answer repeats. */
export type Id = string | number

/** A message as far as everybody who passes it on has to know it. */
export type Message = { id?: Id; method?: string; params?: JsonObject; result?: unknown; error?: unknown }

/** A request to call a tool, read without loss. */
export type ToolRequest = {
  id: Id
  name: string
  /** What the tool is given; whole numbers beyond 2^53 are bigints. */
  args: JsonObject
  meta: JsonObject
  requestState: string | undefined
  /** All of the message, for whoever writes it anew. */
  message: JsonObject & { params: JsonObject }
}

/** Of a message only looked at: numbers may lose digits in it. undefined where it is no JSON object. */
export function lookAt(text: string): Message | undefined {
  try {
    const message: unknown = JSON.parse(text)
    return isObject(message) ? (message as Message) : undefined
  } catch {
    return undefined
  }
}

export function isId(value: unknown): value is Id {
  return typeof value === 'string' || typeof value === 'number'
}

/**
 * A message from a client as it may be passed on: one JSON object on one line that every reader understands alike, so
 * that a call of a tool is known as one to the server exactly where it is known as one here. Members that differ from
 * those of a message by case alone are left out, since some readers take them for these.
 * @returns undefined where it is no JSON object
 */
export function clean(text: string): { text: string; message: Message } | undefined {
  const message = lookAt(text)
  if (!message) return undefined
  const alike = [message, message.params].filter(isObject).flatMap(likenesses)
  if (alike.length > 0) {
    for (const [one, key] of alike) delete one[key]
    return { text: JSON.stringify(message), message }
  }
  try {
    parseStrict(text, { depth: 1000, keys: 1_000_000 })
    // a line may end at any of these for the server; in JSON they stand only between what counts
    return { text: text.replace(/[\r\n]+/g, ' '), message }
  } catch {
    // keys that stand twice and the like: what was read here is what the server is given
    return { text: JSON.stringify(message), message }
  }
}

/**
 * A call of a tool.
 * @throws AppError `malformed_body` with the place of what JSON or a double cannot hold, `invalid_input` for what is no call
 */
export function readToolRequest(text: string): ToolRequest {
  const message = parseStrict(text, { depth: 80 }).value as JsonObject
  const { id, params } = message
  if (!isId(id) || !isObject(params) || typeof params.name !== 'string') {
    throw new AppError('invalid_input', 'A call has an id, and params with the name of a tool.')
  }
  const [alike] = [message, params].flatMap(likenesses)
  if (alike)
    throw new AppError('invalid_input', `A call has no ${alike[1]}: some readers take it for another.`)
  const { name, arguments: args = {}, _meta: meta = {}, requestState } = params
  if (!isObject(args)) throw new AppError('invalid_input', 'The arguments of a call are an object.')
  return {
    id,
    name,
    args,
    meta: isObject(meta) ? meta : {},
    requestState: typeof requestState === 'string' ? requestState : undefined,
    message: { ...message, params },
  }
}

/** Where in the arguments something is wrong, as a pointer from within them, and what. */
export function faultOf(error: AppError): string {
  const [issue] = error.errors ?? []
  const pointer = issue?.pointer.replace(/^\/params\/arguments/, '') ?? ''
  return issue ? `${pointer || 'the call'}: ${issue.detail}` : error.message
}

/** The answer to a request. */
export function answer(id: Id, result: unknown): string {
  return writeJson({ jsonrpc: '2.0', id, result })
}

/** The answer that there is none. */
export function failure(id: Id | null, code: number, message: string): string {
  return writeJson({ jsonrpc: '2.0', id, error: { code, message } })
}

const noAnswer = 'no_answer'

/** The same for a server that did not give one: nobody knows what it did. */
export function unanswered(id: Id, message: string): string {
  const error = { code: rpcCode.internal, message, data: { reason: noAnswer } }
  return writeJson({ jsonrpc: '2.0', id, error })
}

export function isUnanswered({ error }: Message): boolean {
  return isObject(error) && isObject(error.data) && error.data.reason === noAnswer
}

/** The codes of JSON-RPC. */
export const rpcCode = {
  parse: -32700,
  invalidRequest: -32600,
  invalidParams: -32602,
  methodNotFound: -32601,
  internal: -32603,
} as const

/** A message with another result; the rest of it, and all numbers, as they are. */
export function withResult(text: string, change: (result: JsonObject) => JsonObject): string {
  const message = readJson(text) as JsonObject
  return isObject(message.result) ? writeJson({ ...message, result: change(message.result) }) : text
}

/** What a message says beside what it is about. */
export function metaOf(message: Message | undefined): JsonObject {
  const meta = message?.params?._meta
  return isObject(meta) ? meta : {}
}

export const wire = 'io.modelcontextprotocol/'

/** Whether a request speaks the revision of 2026-07-28 or a later one, as each of its requests says. */
export function isModern(meta: JsonObject): boolean {
  const version = meta[`${wire}protocolVersion`]
  return typeof version === 'string' && version >= '2026-07-28'
}
