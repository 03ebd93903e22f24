import { isObject, type JsonObject } from '@/lib/client/json'
import type { Message } from './message'

const nameSources: Record<string, string> = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
  'tasks/get': 'taskId',
  'tasks/update': 'taskId',
  'tasks/cancel': 'taskId',
}

/** The headers by which the revision of 2026-07-28 repeats what a request says. */
export function standardHeaders({ method = '', params }: Message, version: string): Record<string, string> {
  const source = Object.hasOwn(nameSources, method) ? nameSources[method] : undefined
  const name = source === undefined ? undefined : params?.[source]
  return {
    'MCP-Protocol-Version': version,
    'Mcp-Method': method,
    ...(typeof name === 'string' && { 'Mcp-Name': encoded(name) }),
  }
}

/** The headers that a tool's schema wants some of its arguments repeated in. */
export function paramHeaders(inputSchema: unknown, args: unknown): Record<string, string> {
  const found: Record<string, string> = {}
  const visit = (schema: unknown, value: unknown) => {
    if (!isObject(schema)) return
    const { 'x-mcp-header': header, properties } = schema
    const text = textOf(value)
    if (typeof header === 'string' && /^[!#$%&'*+.^_`|~\w-]+$/.test(header) && text !== undefined) {
      found[`Mcp-Param-${header}`] = encoded(text)
    }
    if (!isObject(properties) || !isObject(value)) return
    for (const [key, child] of Object.entries(properties)) visit(child, (value as JsonObject)[key])
  }
  visit(inputSchema, args)
  return found
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string' || typeof value === 'boolean') return String(value)
  return Number.isSafeInteger(value) || (typeof value === 'number' && !Number.isInteger(value))
    ? String(value)
    : undefined
}

/** A text as a header carries it: as it is where that is plain, else in Base64 with its marks. */
function encoded(text: string): string {
  const isPlain = /^[\t -~]+$/.test(text) && text === text.trim() && !/^=\?base64\?.*\?=$/.test(text)
  return isPlain ? text : `=?base64?${Buffer.from(text).toString('base64')}?=`
}
