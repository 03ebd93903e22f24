import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A call that the model makes. */
export type ScriptedCall = { id: string; name: string; input: object }

type Json = Record<string, unknown>

export type ScriptedModel = {
  url: string
  /** What it was told came of calls, as JSON, in the order in which it heard. */
  heard: string[]
  close(): void
}

/**
 * A model that asks for these calls in its first turn and then says that it is done, behind the addresses of Anthropic's
 * Messages and OpenAI's Responses, for coding agents to ask.
 */
export async function startScriptedModel(calls: ScriptedCall[]): Promise<ScriptedModel> {
  const heard = new Set<string>()
  const server = createServer((request, response) => void answer(request, response, calls, heard))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = () => {
    server.closeAllConnections()
    server.close()
  }
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get heard() {
      return [...heard]
    },
    close,
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  calls: ScriptedCall[],
  heard: Set<string>,
) {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  const path = request.url?.split('?')[0] ?? ''
  const ask = /\/(messages|responses)$/.test(path) ? (JSON.parse(text) as Json) : undefined
  if (!ask) return void response.writeHead(404, { 'Content-Type': 'application/json' }).end('{}')
  for (const result of resultsIn(ask)) heard.add(JSON.stringify(result))
  tell(response, path.endsWith('/messages') ? ofMessages(ask, calls) : ofResponses(ask, calls))
}

function resultsIn({ messages, input }: Json): unknown[] {
  if (Array.isArray(input)) return outputsIn(input as Json[], 'function_call_output', 'output')
  const blocks = (messages as Json[]).flatMap(({ content }) =>
    Array.isArray(content) ? content : [],
  ) as Json[]
  return outputsIn(blocks, 'tool_result', 'content')
}

function outputsIn(items: Json[], type: string, member: string): unknown[] {
  return items.filter((item) => item.type === type).map((item) => item[member])
}

function tell(response: ServerResponse, events: ({ type: string } & Json)[]): void {
  response.writeHead(200, { 'Content-Type': 'text/event-stream' })
  response.end(events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(''))
}

function ofMessages({ messages, tools = [] }: Json, calls: ScriptedCall[]) {
  const isBegun = JSON.stringify(messages).includes('"tool_result"')
  // other questions, such as for a title, come without tools
  const isAsked = (tools as Json[]).some(({ name }) => name === calls[0]?.name) && !isBegun
  const blocks: Json[] = isAsked
    ? calls.map((call) => ({ type: 'tool_use', ...call }))
    : [{ type: 'text', text: 'Done.' }]
  const usage = { input_tokens: 1, output_tokens: 1 }
  const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'scripted', content: [], usage }
  const parts = blocks.flatMap((block, index) => {
    const delta = isAsked
      ? { type: 'input_json_delta', partial_json: JSON.stringify(block.input) }
      : { type: 'text_delta', text: block.text }
    const empty = isAsked ? { ...block, input: {} } : { ...block, text: '' }
    return [
      { type: 'content_block_start', index, content_block: empty },
      { type: 'content_block_delta', index, delta },
      { type: 'content_block_stop', index },
    ]
  })
  const stop = { stop_reason: isAsked ? 'tool_use' : 'end_turn', stop_sequence: null }
  return [
    { type: 'message_start', message: { ...message, stop_reason: null, stop_sequence: null } },
    ...parts,
    { type: 'message_delta', delta: stop, usage },
    { type: 'message_stop' },
  ]
}

function ofResponses({ input }: Json, calls: ScriptedCall[]) {
  const isBegun = (input as Json[]).some(({ type }) => type === 'function_call_output')
  const items: Json[] = isBegun
    ? [{ type: 'message', id: 'msg_1', role: 'assistant', content: [{ type: 'output_text', text: 'Done.' }] }]
    : calls.map(({ id, name, input: given }) => ({
        type: 'function_call',
        id: `fc_${id}`,
        call_id: id,
        name,
        arguments: JSON.stringify(given),
      }))
  const usage = { input_tokens: 1, output_tokens: 1, total_tokens: 2 }
  return [
    { type: 'response.created', response: { id: 'resp_1' } },
    ...items.map((item, output_index) => ({ type: 'response.output_item.done', output_index, item })),
    { type: 'response.completed', response: { id: 'resp_1', output: items, usage } },
  ]
}
