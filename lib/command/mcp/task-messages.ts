import { isObject, type JsonObject } from '@/lib/client/json'
import { isId as isIdOf } from '@/lib/ids'
import { readJson } from '@/lib/json/read'
import { writeJson } from '@/lib/json/write'
import type { Held } from './calls'
import { isId, isModern, metaOf, withResult, type Id, type Message } from './message'

/** The messages of MCP's extension for tasks, as of 2026-07-28. */
const extension = 'io.modelcontextprotocol/tasks'
const capabilitiesKey = 'io.modelcontextprotocol/clientCapabilities'

/** For how long an approval can be used once it is given. */
const grantMs = 15 * 60_000
const pollIntervalMs = 5000

/** A client's request about a task of ours, whose id is that of an approval. */
export type TaskRequest = {
  id: Id
  method: 'tasks/get' | 'tasks/update' | 'tasks/cancel'
  taskId: string
  params: JsonObject
  meta: JsonObject
}

/** @returns undefined for every other request, which is the server's to answer */
export function readTaskRequest(text: string, { id, method, params }: Message): TaskRequest | undefined {
  if (method !== 'tasks/get' && method !== 'tasks/update' && method !== 'tasks/cancel') return undefined
  const taskId = params?.taskId
  if (!isId(id) || typeof taskId !== 'string' || !isIdOf('approval', taskId)) return undefined
  const message = readJson(text) as { params: JsonObject }
  const meta = metaOf(message)
  return isModern(meta) ? { id, method, taskId, params: message.params, meta } : undefined
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

/** What a server answers to `server/discover`, and that there are tasks, to a client that takes them. */
export function withTasksDiscovered(request: Message | undefined, text: string): string {
  if (request?.method !== 'server/discover' || !declaresTasks(metaOf(request))) return text
  return withResult(text, (result) => {
    const capabilities = isObject(result.capabilities) ? result.capabilities : {}
    const extensions = isObject(capabilities.extensions) ? capabilities.extensions : {}
    return {
      ...result,
      capabilities: { ...capabilities, extensions: { ...extensions, [extension]: {} } },
    }
  })
}

export const missingCapability = -32_021

export function lacksTasks(id: Id): string {
  const data = { requiredCapabilities: { extensions: { [extension]: {} } } }
  const error = { code: missingCapability, message: 'Missing required client capability', data }
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
