// A server that keeps each line that it is sent, byte for byte, and answers with lines that no JSON library writes.
import { appendFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

const list =
  '{ "tools":[{"name":"pay","inputSchema":{"type":"object" },"annotations":{"x":1.0}, "outputSchema":{"type":"object"}}] ,"ttlMs":12345678901234567890}'
for await (const line of createInterface({ input: process.stdin })) {
  appendFileSync(process.env.LEDGER, `${line}\n`)
  const { id, method } = JSON.parse(line)
  const idText = JSON.stringify(id)
  const answers = {
    initialize:
      '{"protocolVersion":"2025-06-18","capabilities":{"tools":{}},"serverInfo":{"name":"raw","version":"1"}}',
    'tools/list': list,
    'tools/call': '{"content":[],"structuredContent":{"big":9007199254740993,"e":1e2}}',
  }
  const result = answers[method]
  if (result) process.stdout.write(`{"id":${idText} , "jsonrpc":"2.0","result":${result}}\n`)
}
