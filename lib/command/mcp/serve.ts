import { serveStdio, StdioServerTransport } from '@modelcontextprotocol/server/stdio'
import { Http } from '@/lib/client/http'
import { Problem } from '@/lib/client/errors'
import { isObject, type JsonObject } from '@/lib/client/json'
import { newIds } from '@/lib/client/life'
import { readJson } from '@/lib/json/read'
import { writeJson } from '@/lib/json/write'
import type { Backend } from '@/lib/mcp/backend'
import { makeMcpServer } from '@/lib/mcp/server'
import packageJson from '../package.json' with { type: 'json' }
import { command } from '../command'
import { accessOf, type Access } from '../config'
import { exit, wrongly } from '../exit'
import { oneLine } from '../printer'
import { patienceOf } from '../server'
import { Calls } from './calls'
import { SessionRun } from './session-run'

const utf8 = new TextDecoder('utf-8', { fatal: true })

export const mcpServer = command({
  synopsis: ['mcp [--as agent|reviewer] [--agent NAME]'],
  about: [
    'Holdpoint as an MCP server on stdio. With an agent key it has tools to ask, to wait, to claim and to tell results; with a personal token tools to list and show held calls, and one that has the person at the client decide: a model never decides.',
    'That a model may or may not call these tools is no gate. What must be held goes through mcp proxy, a hook, or the client library.',
  ],
  options: {
    as: {
      type: 'string',
      value: 'agent|reviewer',
      about: 'By HOLDPOINT_KEY or by HOLDPOINT_TOKEN; else by the key where there is one.',
    },
    agent: { type: 'string', value: 'NAME', about: 'The agent whose policy counts; HOLDPOINT_AGENT.' },
  },
  examples: [
    ['holdpoint mcp --as reviewer', 'For your own client: what waits, in full, and a form to decide.'],
    ['holdpoint mcp --agent desk', 'For an agent that asks by itself.'],
  ],
  async run(call) {
    const { options, common, io } = call
    const { as } = options
    if (as !== undefined && as !== 'agent' && as !== 'reviewer') throw wrongly('--as is agent or reviewer.')
    const access = accessFor(as, call)
    const http = new Http({
      url: access.url,
      key: access.credential,
      fetch,
      patienceMs: patienceOf(call, '20s'),
      onFailure: (reason, { method, path }) =>
        void io.stderr.write(`holdpoint: ${oneLine(`${method} ${path}: ${reason}`, 500)}\n`),
    })
    const agent = options.agent ?? io.env.HOLDPOINT_AGENT
    const run =
      agent === undefined ? undefined : new SessionRun(new Calls(http, agent, newIds()), 'session', undefined)
    const serving = serveStdio(
      () =>
        makeMcpServer({
          backend: over(http),
          version: packageJson.version,
          secret: access.credential,
          agent,
          ...(run && { run: () => run.id([io.signal]) }),
        }),
      { transport: new StdioServerTransport(io.stdin, io.stdout) },
    )
    await new Promise<void>((resolve) => {
      io.stdin.once('end', resolve)
      io.stdin.once('close', resolve)
      io.signal.addEventListener('abort', () => resolve())
    })
    await serving.close()
    return exit.done

    function accessFor(role: 'agent' | 'reviewer' | undefined, { io: { env } }: typeof call): Access {
      if (role === 'reviewer') return accessOf('token', common, env)
      if (role === 'agent') return accessOf('key', common, env)
      try {
        return accessOf('key', common, env)
      } catch {
        return accessOf('token', common, env)
      }
    }
  },
})

/** The API of the server at an address. */
function over(http: Http): Backend {
  return async ({ method, path, body, wait, signal }) => {
    try {
      return await http.send({
        method,
        path,
        body: body && writeJson(body),
        headers: { 'Holdpoint-Via': 'mcp' },
        wait: wait ?? 0,
        signals: [signal],
        read: ({ status, bytes, body: read }) =>
          isObject(read) ? { status, body: readJson(utf8.decode(bytes)) as JsonObject } : undefined,
      })
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      const { status = 400, code, message: detail, errors } = error
      return { status, body: { code, detail, errors } }
    }
  }
}
