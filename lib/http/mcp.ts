import { createMcpHandler } from '@modelcontextprotocol/server'
import { z } from 'zod'
import { settings } from '@/lib/env'
import { AppError } from '@/lib/errors'
import { JsonObject } from '@/lib/json/schemas'
import { readJson } from '@/lib/json/read'
import { writeJson } from '@/lib/json/write'
import { scopes } from '@/lib/context'
import type { ApiCall, ApiAnswer } from '@/lib/mcp/backend'
import { makeMcpServer } from '@/lib/mcp/server'
import { verb } from '@/lib/verb'
import packageJson from '@/package.json' with { type: 'json' }
import { toResponse } from './answer'
import { withCaller } from './caller'
import { streamOf } from './node-http'
import { overHttp } from './route'

const Message = z
  .looseObject({
    jsonrpc: z.literal('2.0'),
    id: z.union([z.string(), z.number()]).optional(),
    method: z.string().optional(),
    params: JsonObject.optional(),
  })
  .superRefine((message, ctx) => {
    const { id, method } = message
    const isAnswer = 'result' in message || 'error' in message
    const refuse = (name: string, detail: string) =>
      ctx.addIssue({ code: 'custom', path: [name], message: detail })
    if (method === undefined && !isAnswer) refuse('method', 'Name the method; only an answer has none.')
    if (id === undefined && method?.startsWith('notifications/') !== true)
      refuse('id', 'Send an id; only `notifications/…` have none.')
  })
  .meta({
    id: 'McpMessage',
    description:
      'A message of the Model Context Protocol. Notifications (`notifications/…`), which have no id, and answers to the server, which have no method, are answered 202.',
    required: ['jsonrpc', 'id', 'method'],
  })

const definition = verb(
  {
    summary: 'Speak the Model Context Protocol',
    need: { role: 'viewer', scopes },
    who: 'any key or personal token',
    query: z.strictObject({
      agent: z.string().max(200).optional().meta({ description: 'The agent whose policy counts.' }),
    }),
    input: Message,
    output: { media: 'application/json', or: 'text/event-stream' },
    refuses: [],
    keepsTime: true,
  },
  async () => new Response(),
)

/**
 * Holdpoint as an MCP server that needs no installation, in the revision of 2026-07-28 and those before it. Each
 * message is answered on its own: what it does, it does by the API, as its bearer token opens it.
 */
export const serveMcp = overHttp(definition, async ({ input, request }) => {
  const authorization = request.headers.get('authorization')
  if (authorization === null)
    throw new AppError('unauthenticated', 'Send `Authorization: Bearer` with a live key or token.')
  requireOwnHost(request)
  const handler = createMcpHandler(() =>
    makeMcpServer({
      backend: (call) => answerHere(request, authorization, call),
      version: packageJson.version,
      secret: authorization,
      agent: input.agent,
    }),
  )
  const { agent: _, ...message } = input
  // as the SDK reads JSON; a tool refuses numbers that this may have changed
  const body = writeJson(message)
  const headers = new Headers(request.headers)
  headers.set('Accept', 'application/json, text/event-stream')
  headers.delete('content-length')
  const { url, signal } = request
  const sent = new Request(url, { method: 'POST', headers, signal, body })
  return handler.fetch(sent, { parsedBody: JSON.parse(body) })
})

/** A page elsewhere must not reach a Holdpoint on its reader's machine by a name that it makes up for it. */
function requireOwnHost({ headers }: Request): void {
  const { hostname, origin: own } = new URL(settings().appUrl)
  const origin = headers.get('origin')
  const host = headers.get('host')?.replace(/:\d+$/, '')
  const isWrongHost = isLoopback(hostname) && host !== undefined && !isLoopback(host)
  if ((origin === null || origin === own) && !isWrongHost) return
  throw new AppError('forbidden', `This server is ${own}; it is called by programs, or from its own pages.`)
}

function isLoopback(host: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(host)
}

/** A call of the API in this process, by the same table and the same doors as one from outside. */
async function answerHere(
  request: Request,
  authorization: string,
  { method, path, body, wait, signal }: ApiCall,
): Promise<ApiAnswer> {
  // the table, of which this is a part
  const { answerApi } = await import('./router')
  const target = `/api${path}`
  const made = () =>
    new Request(new URL(target, request.url), {
      method,
      headers: {
        Authorization: authorization,
        'Holdpoint-Via': 'mcp',
        ...(body && { 'Content-Type': 'application/json' }),
        ...(wait !== undefined && wait > 0 && { Prefer: `wait=${wait}` }),
      },
      ...(body && { body: writeJson(body) }),
      ...(signal && { signal }),
    })
  const incoming = streamOf(request)
  const work = () => answerApi(made(), target)
  const answered = async () => toResponse(await (incoming ? withCaller(incoming, work) : work()))
  let response = await answered()
  // whatever is asked here may be asked again: it is known by an id, or says the same twice
  for (let tries = 0; response.status === 503 && tries < 2; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 1000))
    response = await answered()
  }
  const text = await response.text()
  return { status: response.status, body: text === '' ? {} : (readJson(text) as Record<string, unknown>) }
}
