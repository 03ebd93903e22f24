// The plain MCP server that the conformance suite's scenarios of tasks want, by HTTP at LEDGER_PORT: it makes no task.
import { createServer } from 'node:http'
import { acceptedContent, createMcpHandler, inputRequired, McpServer } from '@modelcontextprotocol/server'
import { toNodeHandler } from '@modelcontextprotocol/node'
import { z } from 'zod'

const text = (words) => ({ content: [{ type: 'text', text: words }] })
const requestedSchema = { type: 'object', properties: { confirm: { type: 'boolean' } } }
const elicit = (message) => inputRequired.elicit({ message, requestedSchema })

function makeServer() {
  const server = new McpServer({ name: 'tasks server', version: '1' })
  const tool = (name, shape, run) => server.registerTool(name, { inputSchema: z.object(shape) }, run)
  tool('greet', { name: z.string() }, ({ name }) => text(`Hello, ${name}!`))
  tool('slow_compute', { seconds: z.number(), label: z.string() }, async ({ seconds, label }) => {
    await new Promise((done) => setTimeout(done, seconds * 1000))
    return text(`${label} took ${seconds} s`)
  })
  tool('failing_job', {}, () => ({ ...text('it went wrong'), isError: true }))
  // what no client of the suite lets itself be asked for is an error of JSON-RPC
  tool('protocol_error_job', {}, () => inputRequired({ inputRequests: { roots: inputRequired.listRoots() } }))
  tool('confirm_delete', { filename: z.string() }, ({ filename }, { mcpReq }) =>
    acceptedContent(mcpReq.inputResponses, 'confirm')
      ? text(`deleted ${filename}`)
      : inputRequired({ inputRequests: { confirm: elicit(`Delete ${filename}?`) } }),
  )
  tool('multi_input', {}, (_, { mcpReq }) =>
    ['one', 'two'].every((key) => acceptedContent(mcpReq.inputResponses, key))
      ? text('both came')
      : inputRequired({ inputRequests: { one: elicit('One?'), two: elicit('Two?') } }),
  )
  return server
}

createServer(toNodeHandler(createMcpHandler(makeServer))).listen(
  Number(process.env.LEDGER_PORT),
  '127.0.0.1',
  () => process.stderr.write('listening\n'),
)
