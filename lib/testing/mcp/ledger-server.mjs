// An MCP server for tests, with the official SDK, in both revisions of the protocol: each time that a tool runs it
// leaves a line in the ledger, the file that LEDGER names. LEDGER_MS is how long a payment takes, LEDGER_PAD how many
// characters stand behind its answer.
import { appendFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { inputRequired, acceptedContent, createMcpHandler, McpServer } from '@modelcontextprotocol/server'
import { serveStdio } from '@modelcontextprotocol/server/stdio'
import { toNodeHandler } from '@modelcontextprotocol/node'
import { z } from 'zod'

const note = (line) => appendFileSync(process.env.LEDGER, `${line}\n`)
const text = (words) => ({ content: [{ type: 'text', text: words }] })

function makeServer() {
  const server = new McpServer({ name: 'ledger server', version: '1.2.3' })
  const pay = z.object({ to: z.string(), amount: z.number(), ms: z.number().optional() })
  server.registerTool(
    'pay',
    { description: 'Pays.', inputSchema: pay },
    async ({ to, amount, ms = Number(process.env.LEDGER_MS ?? 0) }) => {
      note(`pay ${to} ${amount}`)
      await new Promise((done) => setTimeout(done, ms))
      return text(`paid ${amount} to ${to}${'.'.repeat(Number(process.env.LEDGER_PAD ?? 0))}`)
    },
  )
  server.registerTool('fail', { inputSchema: z.object({}) }, () => {
    note('fail')
    return { ...text('it went wrong'), isError: true }
  })
  server.registerTool('look', { inputSchema: z.object({ at: z.string() }) }, ({ at }) => {
    note(`look ${at}`)
    return text(`seen ${at}`)
  })
  server.registerTool('asks', { inputSchema: z.object({ of: z.string() }) }, async (_, { mcpReq }) => {
    const given = acceptedContent(mcpReq.inputResponses, 'name')
    if (given) {
      note(`asks ${given.name}`)
      return text(`hello ${given.name}`)
    }
    const requestedSchema = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] }
    const inputRequests = { name: inputRequired.elicit({ message: 'Who?', requestedSchema }) }
    return inputRequired({ inputRequests })
  })
  return server
}

const port = process.env.LEDGER_PORT
if (port === undefined) serveStdio(makeServer)
else {
  const handle = toNodeHandler(createMcpHandler(makeServer))
  createServer(handle).listen(Number(port), '127.0.0.1', () => process.stderr.write('listening\n'))
}
note(`started ${process.pid}`)
