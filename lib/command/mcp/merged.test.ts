import { expect, test } from 'vitest'
import type { JsonObject } from '@/lib/client/json'
import type { Gate } from './gate'
import { Merged } from './merged'
import { clean, readToolRequest } from './message'
import { Session } from './session'
import type { SessionRun } from './session-run'
import { UpstreamFacts } from './upstream-facts'

/** A server on one line that lists what `tools` holds and notes what it runs. */
function server(name: string, tools: Set<string>) {
  const ran: string[] = []
  let say: (text: string) => void = () => {}
  const hear = ({ id, method, params = {} }: JsonObject & { params?: JsonObject }) => {
    if (method === 'tools/call') ran.push(String(params.name))
    const results: JsonObject = {
      initialize: { protocolVersion: '2025-06-18', capabilities: { tools: {} }, serverInfo: { name } },
      'tools/list': { tools: [...tools].map((tool) => ({ name: tool, inputSchema: { type: 'object' } })) },
      'tools/call': { content: [{ type: 'text', text: `${name} ran` }] },
    }
    if (id !== undefined) say(JSON.stringify({ jsonrpc: '2.0', id, result: results[String(method)] }))
  }
  return {
    name,
    tools,
    ran,
    facts: new UpstreamFacts(name),
    say: (text: string) => say(text),
    connect: (onMessage: (text: string) => void) => {
      say = onMessage
      return {
        ended: new Promise<string>(() => {}),
        end: async () => {},
        send: (text: string) => queueMicrotask(() => hear(JSON.parse(text) as JsonObject)),
      }
    },
  }
}

/** Two servers as one; `release` is told what is held, and goes on when it returns. */
function pair(release: () => void) {
  const servers = [server('safe', new Set(['held'])), server('danger', new Set(['other']))] as const
  const heard: JsonObject[] = []
  const gate: Pick<Gate, 'handle'> = {
    handle: async ({ text, request, upstream }) => {
      expect([upstream, request.name]).toEqual([servers[0].facts, 'held'])
      release()
      return {
        kind: 'release',
        released: { text, changedArgs: undefined, finish: (one) => one, lose: () => {} },
      }
    },
  }
  const sessions: Session[] = []
  const merged = new Merged([...servers], '0', (text) => sessions[0]?.fromServer(text))
  sessions.push(
    new Session({
      gate: gate as Gate,
      upstream: servers[0].facts,
      locate: async (name) => merged.locate(name),
      run: {} as SessionRun,
      toClient: (text) => heard.push(JSON.parse(text) as JsonObject),
      toServer: (text) => merged.send(text),
    }),
  )
  const answerTo = async (message: JsonObject) => {
    sessions[0]?.fromClient(JSON.stringify({ jsonrpc: '2.0', ...message }))
    await expect.poll(() => heard.some(({ id }) => id === message.id)).toBe(true)
    return heard.find(({ id }) => id === message.id)
  }
  return { servers, answerTo }
}

test('a call that was held goes to the server that it was asked about, whoever has the name by then', async () => {
  const { servers, answerTo } = pair(() => {
    servers[0].tools.delete('held')
    servers[1].tools.add('held')
    for (const one of servers) one.say('{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}')
  })
  const [safe, danger] = servers
  await answerTo({ id: 1, method: 'initialize', params: {} })
  await answerTo({ id: 2, method: 'tools/call', params: { name: 'held', arguments: {} } })
  expect(danger.ran).toEqual([])
  expect(safe.ran).toEqual(['held'])
})

test('what a server writes beside messages is passed over', async () => {
  const { servers, answerTo } = pair(() => {})
  for (const line of ['Starting server on stdio...', 'null', '[1]', '7']) servers[0].say(line)
  await answerTo({ id: 1, method: 'initialize', params: {} })
  const answered = await answerTo({ id: 2, method: 'tools/call', params: { name: 'held', arguments: {} } })
  expect(answered).toMatchObject({ result: { content: [{ text: 'safe ran' }] } })
})

test('a member that is one of a message but for its case is not passed on', () => {
  const text =
    '{"jsonrpc":"2.0","id":1,"method":"ping","Method":"tools/call","params":{"Name":"pay","name":"x"}}'
  expect(clean(text)?.text).toBe('{"jsonrpc":"2.0","id":1,"method":"ping","params":{"name":"x"}}')
})

test('nor is a call that has one', () => {
  const text = '{"id":1,"method":"tools/call","params":{"name":"look","Name":"pay"}}'
  expect(() => readToolRequest(text)).toThrow('A call has no Name')
})
