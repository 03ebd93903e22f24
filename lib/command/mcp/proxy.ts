import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { agentNamePattern } from '@/lib/ids'
import { Http } from '@/lib/client/http'
import { newIds } from '@/lib/client/life'
import packageJson from '../package.json' with { type: 'json' }
import { accessOf } from '../config'
import { command, type Call } from '../command'
import { exit, wrongly } from '../exit'
import { oneLine } from '../printer'
import { patienceOf } from '../server'
import { Calls } from './calls'
import { ChildServer } from './child'
import { addressed, readServers, serverEnv, type Upstream } from './config-file'
import { Gate, usualHolds, type Holds } from './gate'
import { HttpConnection } from './http-connection'
import { listen, type Served } from './http-front'
import { askForInfo, HttpRelay } from './http-relay'
import { HttpSessions } from './http-sessions'
import { Merged } from './merged'
import { Seal } from './request-state'
import type { Locate } from './session'
import { SessionRun, type RunPer } from './session-run'
import { proxyStdio, type Connect } from './stdio-proxy'
import { safeName, UpstreamFacts } from './upstream-facts'
import { Waiters } from './waiters'

const options = {
  agent: { type: 'string', value: 'NAME', about: 'The agent whose policy counts; HOLDPOINT_AGENT.' },
  upstream: { type: 'string', value: 'URL', about: 'The server at this address, instead of a command.' },
  header: {
    type: 'string',
    multiple: true,
    value: 'NAME: VALUE',
    about: 'Sent to the server at the address; ${VARIABLE} is taken from the environment.',
  },
  http: {
    type: 'string',
    value: '127.0.0.1:PORT',
    about: 'Serves clients by Streamable HTTP at /mcp, several servers at /mcp/NAME, instead of on stdio.',
  },
  name: {
    type: 'string',
    value: 'NAME',
    about: 'The server’s name in policies, NAME/tool; else what the server calls itself.',
  },
  config: { type: 'string', value: 'FILE', about: 'A file with mcpServers, as clients have it.' },
  server: { type: 'string', multiple: true, value: 'NAME', about: 'Only this server of the file.' },
  'run-per': {
    type: 'string',
    value: 'session|call|ID',
    about: 'One run for all calls of a client (the default), one for each call, or the run of this id.',
  },
  'on-disconnect': {
    type: 'string',
    value: 'keep|cancel',
    about:
      'What becomes of a held call whose client leaves: it stays pending (the default), or is withdrawn.',
  },
  initiator: { type: 'string', value: 'EMAIL', about: 'On whose behalf the agent acts.' },
} as const

type ProxyCall = Call<typeof options>

export const mcpProxy = command({
  synopsis: [
    'mcp proxy --agent NAME [--name NAME] [--http 127.0.0.1:PORT] -- COMMAND…',
    'mcp proxy --agent NAME [--name NAME] [--http 127.0.0.1:PORT] --upstream URL [--header NAME:VALUE]…',
    'mcp proxy --agent NAME [--http 127.0.0.1:PORT] --config FILE [--server NAME]…',
  ],
  about: [
    'Stands between an MCP client and MCP servers, neither of which changes. Everything is passed on as it is; a call of a tool waits where the agent’s policy says so, until a person has decided.',
    'A tool’s name in the policy is SERVER/TOOL. Whoever leaves out --name lets the server say what it is called, and so which rules hold for it.',
  ],
  options,
  examples: [
    [
      'holdpoint mcp proxy --agent desk --name files -- npx -y @modelcontextprotocol/server-filesystem .',
      'The file server, with rules such as files/write_file.',
    ],
    ['holdpoint mcp proxy --agent desk --config mcp.json --server files', 'The same from a client’s file.'],
  ],
  async run(call) {
    const servers = serversOf(call)
    const { out, io } = call
    const log = (line: string) => void io.stderr.write(`holdpoint: ${oneLine(line, 500)}\n`)
    const calls = callsOf(call, log)
    const gate = gateOf(call, calls, log)
    const per = runPerOf(call)
    const newRun = () => new SessionRun(calls, per, call.options.initiator)
    if (call.options.http !== undefined) {
      const address = addressOf(call.options.http)
      const served = new Map([...servers].map(([name, one]) => [name, serve(name, one, { gate, newRun })]))
      const { port, close } = await listen(address, served)
      out.note(`holdpoint: listening at http://${address.host}:${port}/mcp`)
      await aborted(io.signal)
      await close()
      calls.close()
      return exit.done
    }
    const all = [...servers].map(([name, upstream]) => {
      const facts = factsOf(name, upstream)
      return { name: name ?? '', facts, connect: connectTo(upstream, facts) }
    })
    const [first] = all
    if (!first) throw wrongly('There is no server.')
    let merged: Merged | undefined
    const connect: Connect =
      all.length === 1
        ? first.connect
        : (onMessage) => (merged = new Merged(all, packageJson.version, onMessage))
    const ends = { gate, upstream: first.facts, run: newRun() }
    const locate: Locate | undefined = all.length === 1 ? undefined : async (name) => merged?.locate(name)
    const why = await proxyStdio(io, connect, { ...ends, ...(locate && { locate }) }, io.signal)
    calls.close()
    if (why === undefined) return exit.done
    out.note(oneLine(why, 500))
    return exit.no
  },
})

function serversOf({ options, rest, io }: ProxyCall): Map<string | undefined, Upstream> {
  const { config, name, upstream, header = [], server: wanted } = options
  if (name !== undefined && (name === '' || safeName(name) !== name)) {
    throw wrongly('--name takes letters, digits, _, - and .')
  }
  if ([config, upstream, rest].filter((one) => one !== undefined).length !== 1) {
    throw wrongly('Say which server, in one way: behind --, by --upstream, or by --config.')
  }
  const [program, ...args] = rest ?? []
  if (rest && program === undefined) throw wrongly('Behind -- stands the command that starts the server.')
  if (program !== undefined) {
    return new Map([[name, { start: { command: program, args, env: serverEnv(io.env), cwd: io.cwd } }]])
  }
  try {
    if (upstream !== undefined) return new Map([[name, addressed(upstream, header, io.env)]])
    const servers = readServers(readFileSync(resolve(io.cwd, config ?? ''), 'utf8'), io.env, io.cwd)
    for (const one of wanted ?? []) if (!servers.has(one)) throw new Error(`There is no server ${one}.`)
    return wanted ? new Map([...servers].filter(([one]) => wanted.includes(one))) : servers
  } catch (error) {
    throw wrongly(
      `${config === undefined ? '--upstream' : `--config ${config}`}: ${(error as Error).message}`,
    )
  }
}

function factsOf(name: string | undefined, upstream: Upstream): UpstreamFacts {
  return new UpstreamFacts(
    name,
    'url' in upstream ? () => askForInfo(upstream.url, upstream.headers) : undefined,
  )
}

function connectTo(upstream: Upstream, facts: UpstreamFacts): Connect {
  return (onMessage) =>
    'start' in upstream
      ? new ChildServer(upstream.start, onMessage)
      : new HttpConnection(upstream.url, upstream.headers, facts, onMessage)
}

function serve(
  name: string | undefined,
  upstream: Upstream,
  how: { gate: Gate; newRun: () => SessionRun },
): Served {
  const facts = factsOf(name, upstream)
  if ('url' in upstream) return new HttpRelay({ ...upstream, ...how, upstream: facts })
  return new HttpSessions({ connect: connectTo(upstream, facts), upstream: facts, ...how })
}

function addressOf(text: string): { host: string; port: number } {
  const [, host = '127.0.0.1', port = ''] =
    /^(?:(localhost|127(?:\.\d{1,3}){3}|\[::1\]):)?(\d{1,5})$/.exec(text) ?? []
  if (port === '' || Number(port) > 65_535) {
    throw wrongly(
      '--http is 127.0.0.1:PORT: whoever reaches it may call the tools, so only this machine may.',
    )
  }
  return { host: host.replace(/[[\]]/g, ''), port: Number(port) }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve())
  })
}

function callsOf(call: ProxyCall, log: (line: string) => void): Calls {
  const agent = call.options.agent ?? call.io.env.HOLDPOINT_AGENT
  if (agent === undefined || !agentNamePattern.test(agent)) {
    throw wrongly('Say as which agent the calls are made: --agent NAME, or HOLDPOINT_AGENT.')
  }
  const { url, credential } = accessOf('key', call.common, call.io.env)
  const http = new Http({
    url,
    key: credential,
    fetch,
    patienceMs: patienceOf(call, '20s'),
    onFailure: (reason, { method, path }) => log(`${method} ${path}: ${reason}`),
  })
  return new Calls(http, agent, newIds())
}

function gateOf(call: ProxyCall, calls: Calls, log: (line: string) => void): Gate {
  const { 'on-disconnect': onDisconnect = 'keep' } = call.options
  if (onDisconnect !== 'keep' && onDisconnect !== 'cancel')
    throw wrongly('--on-disconnect is keep or cancel.')
  const { credential } = accessOf('key', call.common, call.io.env)
  return new Gate({
    calls,
    seal: new Seal(credential),
    waiters: new Waiters(),
    holds: holdsOf(call.io.env),
    principal: calls.agent,
    cancelsOnLeave: onDisconnect === 'cancel',
    log,
  })
}

function runPerOf({ options }: ProxyCall): RunPer {
  const { 'run-per': per = 'session' } = options
  return per === 'session' || per === 'call' ? per : { id: per }
}

/** Tests shorten them. */
function holdsOf({ HOLDPOINT_HOLD_SECONDS: given }: Record<string, string | undefined>): Holds {
  if (given === undefined) return usualHolds
  const seconds = Number(given)
  if (!(seconds > 0)) throw wrongly('HOLDPOINT_HOLD_SECONDS is a number of seconds above 0.')
  return { withProgress: seconds, without: seconds, legacy: seconds }
}
