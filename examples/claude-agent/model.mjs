// A scripted model behind the address of Anthropic's API, for Claude Code to ask.
import { createServer } from 'node:http'
import { callsAfter } from '../desk.mjs'

export async function startModel() {
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += chunk
    if (!request.url.startsWith('/v1/messages?') && request.url !== '/v1/messages')
      return response.writeHead(404).end('{}')
    const { messages, tools = [] } = JSON.parse(text)
    const parts = messages.flatMap(({ content }) => (Array.isArray(content) ? content : []))
    const results = parts
      .filter(({ type }) => type === 'tool_result')
      .map(({ content }) => JSON.stringify(content))
    const canRefund = tools.some(({ name }) => name.endsWith('process_refund'))
    const calls = callsAfter(results.length)
    const blocks =
      calls.length === 0 || !canRefund
        ? [{ type: 'text', text: results.join(' | ') || 'Refunds' }]
        : calls.map(({ id, args }) => ({
            type: 'tool_use',
            id,
            name: 'mcp__desk__process_refund',
            input: args,
          }))
    const stop_reason = blocks[0].type === 'text' ? 'end_turn' : 'tool_use'
    const usage = { input_tokens: 1, output_tokens: 1 }
    const message = { id: `msg_${Date.now()}`, type: 'message', role: 'assistant', model: 'scripted', usage }
    const events = [
      { type: 'message_start', message: { ...message, content: [], stop_reason: null, stop_sequence: null } },
    ]
    blocks.forEach((block, index) => {
      const isText = block.type === 'text'
      const delta = isText
        ? { type: 'text_delta', text: block.text }
        : { type: 'input_json_delta', partial_json: JSON.stringify(block.input) }
      events.push({
        type: 'content_block_start',
        index,
        content_block: isText ? { ...block, text: '' } : { ...block, input: {} },
      })
      events.push({ type: 'content_block_delta', index, delta }, { type: 'content_block_stop', index })
    })
    events.push(
      { type: 'message_delta', delta: { stop_reason, stop_sequence: null }, usage },
      { type: 'message_stop' },
    )
    response.writeHead(200, { 'Content-Type': 'text/event-stream' })
    response.end(events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(''))
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  server.unref()
  return `http://127.0.0.1:${server.address().port}`
}
