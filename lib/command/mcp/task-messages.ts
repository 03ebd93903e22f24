import { isObject, type JsonObject } from '@/lib/client/json'
import { isId as isIdOf } from '@/lib/ids'
import { readJson } from '@/lib/json/read'
import { writeJson } from '@/lib/json/write'
import type { Held } from './calls'
import {
  failure,
  isId,
  isModern,
  lookAt,
  metaOf,
  rpcCode,
  withResult,
  type Id,
  type Message,
} from './message'

/** The messages of MCP's extension for tasks, as of 2026-07-28. */
const extension = 'io.modelcontextprotocol/tasks'
const capabilitiesKey = 'io.modelcontextprotocol/clientCapabilities'

/** For how long an approval can be used once it is given. */
const grantMs = 15 * 60_000
const pollIntervalMs = 5000

const methods = ['tasks/get', 'tasks/update', 'tasks/cancel'] as const

function isTaskMethod(method: string | undefined): method is (typeof methods)[number] {
  return methods.some((one) => one === method)
}

/** A client's request about a task of ours, whose id is that of an approval. */
export type TaskRequest = {
  id: Id
  method: (typeof methods)[number]
  taskId: string
  params: JsonObject
  meta: JsonObject
}

/**
 * @returns undefined for every other request, which is the server's to answer; what a client that takes no tasks asks about
 * one is never
 */
export function readTaskRequest(text: string, { id, method, params }: Message): TaskRequest | undefined {
  if (!isTaskMethod(method)) return undefined
  const meta = metaOf({ params })
  if (!isId(id) || !params || !isModern(meta)) return undefined
  const taskId = String(params.taskId)
  if (declaresTasks(meta) && !isIdOf('approval', taskId)) return undefined
  const message = readJson(text) as { params: JsonObject }
  return { id, method, taskId, params: message.params, meta: metaOf(message) }
}

/** Whether a request says that its client takes tasks; what it said before does not count. */
export function declaresTasks(meta: JsonObject): boolean {
  const capabilities = meta[capabilitiesKey]
  const extensions = isObject(capabilities) ? capabilities.extensions : undefined
  return isObject(extensions) && isObject(extensions[extension])
}

/** The same without, so that the server behind makes no task of its own out of what is one. */
export function withoutTasks(of: JsonObject): JsonObject {
  const { progressToken: _progress, ...meta } = of
  const capabilities = meta[capabilitiesKey]
  if (!isObject(capabilities) || !isObject(capabilities.extensions)) return meta
  const { [extension]: _tasks, ...extensions } = capabilities.extensions
  return { ...meta, [capabilitiesKey]: { ...capabilities, extensions } }
}

/** What a server answers to a client that takes tasks: that there are some, also where it has none itself. */
export function withTasks(request: Message | undefined, text: string): string {
  if (!declaresTasks(metaOf(request))) return text
  if (isTaskMethod(request?.method)) {
    const { id, error } = lookAt(text) ?? {}
    if (!isId(id) || !isObject(error) || error.code !== rpcCode.methodNotFound) return text
    return failure(id, rpcCode.invalidParams, `There is no task ${String(request?.params?.taskId)} here.`)
  }
  if (request?.method !== 'server/discover') return text
  return withResult(text, (result) => {
    const capabilities = isObject(result.capabilities) ? result.capabilities : {}
    const extensions = isObject(capabilities.extensions) ? capabilities.extensions : {}
    return {
      ...result,
      capabilities: { ...capabilities, extensions: { ...extensions, [extension]: {} } },
    }
  })
}

/** What the revision of 2026-07-28 wants a request refused for with status 400 over HTTP. */
export const badRequest = { headers: -32_020, capability: -32_021 } as const

export function lacksTasks(id: Id): string {
  const data = { requiredCapabilities: { extensions: { [extension]: {} } } }
  const error = { code: badRequest.capability, message: 'Missing required client capability', data }
  return writeJson({ jsonrpc: '2.0', id, error })
}

type Status = 'working' | 'input_required' | 'completed' | 'failed' | 'cancelled'

/** An approval as a task. */
export function taskOf(held: Held, status: Status, more: JsonObject): JsonObject {
  const { id, createdAt, changedAt, expiresAt } = held
  const ttlMs = Date.parse(expiresAt) - Date.parse(createdAt) + grantMs
  return { taskId: id, status, createdAt, lastUpdatedAt: changedAt, ttlMs, pollIntervalMs, ...more }
}

/** A task whose call was answered so; what is no result but an error has failed. */
export function endedTask(held: Held, answered: string): JsonObject {
  const { result, error } = readJson(answered) as JsonObject
  if (!isObject(error)) return taskOf(held, 'completed', { result })
  return taskOf(held, 'failed', { statusMessage: String(error.message), error })
}
