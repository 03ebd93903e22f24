import { spawn, type ChildProcess } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll } from 'vitest'
import { closeSharedDatabase, sharedDatabase } from '@/db/client'
import { installApart, runIn } from '@/examples/install-apart.mjs'
import { deployAgent } from '@/lib/agents/deploy'
import { childEnv } from '../child-env'
import { createTestDatabase } from '../database'
import { installOnce } from '../install-once'
import { makeTestProject } from '../project'
import { startRest, type Rest } from '../rest'
import { freePort, startServer } from '../server-processes'
import { LineProcess, until, type Start } from './line-process'

/* oxlint-disable typescript/no-explicit-any -- the packages under test are installed apart, without their types here */

/** Where the packages under test are, with our servers beside them. */
export const place = await installOnce('mcp', () => installApart('mcp', 'the MCP clients and servers'))
for (const file of ['ledger-server.mjs', 'raw-server.mjs', 'tasks-server.mjs']) {
  // in one step, for other files' tests may start it meanwhile
  const next = join(place, `${file}.${process.pid}`)
  cpSync(join('lib/testing/mcp', file), next)
  renameSync(next, join(place, file))
}

export const ledgerServer = [process.execPath, join(place, 'ledger-server.mjs')]

/** A package under test. */
export function load(path: string): Promise<any> {
  return import(pathToFileURL(join(place, 'node_modules', path)).href)
}

/** The two generations of MCP clients, each with all of its ways. */
export const loadClients = async (): Promise<{ newer: any; older: any }> => ({
  newer: {
    ...(await load('@modelcontextprotocol/client/dist/index.mjs')),
    ...(await load('@modelcontextprotocol/client/dist/stdio.mjs')),
  },
  older: {
    ...(await load('@modelcontextprotocol/sdk/dist/esm/client/index.js')),
    ...(await load('@modelcontextprotocol/sdk/dist/esm/client/stdio.js')),
    ...(await load('@modelcontextprotocol/sdk/dist/esm/client/streamableHttp.js')),
    ...(await load('@modelcontextprotocol/sdk/dist/esm/types.js')),
  },
})

export type Approval = {
  id: string
  run_id: string
  tool_call_id: string
  tool: string
  status: string
  params: Record<string, unknown>
  claimed_at: string | null
  context: unknown
  metadata: Record<string, string>
}

const policy = (onRejection: string) => `name: desk
description: An agent for tests.
approval:
  tools:
    - ledger/pay
    - ledger/fail
    - ledger/asks
    - raw/pay
    - files/write_file
    - files/create_directory:
        timeout: 30
    - everything/get-sum
    - ledger-server/pay
  timeout: 600
  edit: true
  on_rejection: ${onRejection}
`

/** The command as it is published, in a folder of its own; processes of it, a project and its approvals. */
async function makeDesk(rest: Pick<Rest, 'url' | 'db' | 'call'>) {
  const folder = mkdtempSync(join(tmpdir(), 'holdpoint-mcp-'))
  const dist = join(folder, 'dist')
  runIn('.', process.execPath, ['lib/command/build.mjs', dist])
  writeFileSync(join(dist, 'package.json'), '{"type":"module"}')
  const project = await makeTestProject(rest.db)
  const reviewer = await project.member('reviewer')
  const { token } = await project.key(['run'])
  for (const onRejection of ['continue', 'fail']) {
    const config = policy(onRejection).replace('desk', `desk-${onRejection}`)
    await deployAgent(project.agent, { name: `desk-${onRejection}`, config })
  }
  let count = 0
  const list = async (query = '') => {
    const { body } = await rest.call('GET', `/api/approvals?${query}`, { token: reviewer.token })
    return (body.items ?? []) as unknown as Approval[]
  }
  const decide = async (id: string, decision: 'approve' | 'reject', reason?: string) =>
    send(id, JSON.stringify({ decision, reason }))
  const send = async (id: string, body: string, tries = 0): Promise<void> => {
    const { status, text } = await rest.call('POST', `/api/approvals/${id}/decisions`, {
      token: reviewer.token,
      headers: { 'Content-Type': 'application/json' },
      body,
    })
    // a busy database: whether it was decided is not known, and to decide alike again is no other decision
    if (status === 503 && tries < 20) return send(id, body, tries + 1)
    if (status !== 201 && !(status === 200 && tries > 0))
      throw new Error(`the decision was answered ${status}: ${text}`)
  }
  const program = join(dist, 'holdpoint.js')
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  writeFileSync(join(bin, 'holdpoint'), `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`, {
    mode: 0o755,
  })
  return {
    ...project,
    token,
    reviewer,
    folder,
    list,
    decide,
    /** Approves with other params, given as JSON. */
    edit: async (id: string, params: string) => {
      const { body } = await rest.call('GET', `/api/approvals/${id}`, { token: reviewer.token })
      await send(id, `{"decision":"approve","params":${params},"digest":"${String(body.digest)}"}`)
    },
    /** Has its deadline pass, by the clock of the database. */
    expire: (id: string) =>
      rest.db.execute(
        sql`update approvals set expires_at = clock_timestamp() - interval '1 millisecond' where id = ${id}`,
      ),
    program,
    /** A folder for the PATH of who has the command. */
    bin,
    /** A new ledger: its path, and its lines but those of the starts. */
    ledger: () => {
      const file = join(folder, `ledger-${++count}.txt`)
      const lines = () =>
        existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').filter(Boolean) : []
      return { file, ran: () => lines().filter((line) => !line.startsWith('started ')), lines }
    },
    /** Command and environment of a proxy. @param server a command, or an address */
    proxy: (server: string[] | string, options: Pick<ClientOptions, 'args' | 'env'> = {}): Start => ({
      command: process.execPath,
      args: [
        ...[program, 'mcp', 'proxy', '--name', 'ledger', ...(options.args ?? [])],
        ...(typeof server === 'string' ? ['--upstream', server] : ['--', ...server]),
      ],
      env: {
        ...childEnv(),
        HOME: folder,
        HOLDPOINT_URL: rest.url,
        HOLDPOINT_KEY: token,
        HOLDPOINT_AGENT: 'desk-continue',
        ...options.env,
      },
    }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

type Desk = Awaited<ReturnType<typeof makeDesk>>
export type Ledger = ReturnType<Desk['ledger']>

type ClientOptions = {
  args?: string[] | undefined
  env?: Record<string, string> | undefined
  /** Another client's, where this one goes on after it. */
  ledger?: Ledger | undefined
  server?: string[] | string
  /** Before the command of the proxy. */
  within?: string[] | undefined
}

type Holdpoint = Pick<Rest, 'url' | 'db' | 'call' | 'close'>

/** Holdpoint in a process of its own, which can be killed and comes back at its address. */
export async function startApart(env: Record<string, string> = {}) {
  const database = await createTestDatabase()
  let server = await startServer(database.url, env)
  const { url, call } = server
  return {
    url,
    call,
    db: sharedDatabase(database.url),
    kill: () => server.kill(),
    restart: async () => {
      server = await startServer(database.url, { ...env, PORT: new URL(url).port })
    },
    close: async () => {
      await server.stop()
      await closeSharedDatabase()
      await database.drop()
    },
  }
}

/**
 * What the tests of a file work at: Holdpoint, the command as it is published, a project, and clients of proxies.
 * Everything that they start ends with them.
 */
export function useDesk(start: () => Promise<Holdpoint> = startRest) {
  const open: (() => unknown)[] = []
  const made = {} as { rest: Holdpoint; desk: Desk }
  beforeAll(async () => {
    made.rest = await start()
    made.desk = await makeDesk(made.rest)
  }, 240_000)
  afterAll(async () => {
    await Promise.all(open.map((end) => end()))
    made.desk?.remove()
    await made.rest?.close()
  })

  /** Any process that speaks lines. */
  const lines = (start: Start): LineProcess => {
    const client = new LineProcess(start)
    open.push(() => client.kill())
    return client
  }

  /** A client of a proxy of its own. */
  const begin = ({ server = ledgerServer, within = [], ...options }: ClientOptions = {}) => {
    const ledger = options.ledger ?? made.desk.ledger()
    const env = { LEDGER: ledger.file, ...options.env }
    const { command, args, ...proxy } = made.desk.proxy(server, { ...options, env })
    const [program = command, ...all] = [...within, command, ...args]
    return { client: lines({ ...proxy, command: program, args: all }), ledger }
  }

  /** Starts a process that serves, once it says so. */
  const listen = async ({ command, args, env }: Start): Promise<ChildProcess> => {
    const child = spawn(command, args, {
      env: env as NodeJS.ProcessEnv,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    open.push(() => child.kill('SIGTERM'))
    let said = ''
    child.stderr.on('data', (chunk: Buffer) => (said += String(chunk)))
    await until(() => said.includes('listening'))
    return child
  }

  /** The held calls that are looked for, once there are so many. */
  const held = (
    isWanted: (one: Approval) => boolean,
    { count = 1, ...query }: { count?: number; status?: string; agent?: string } = {},
  ): Promise<Approval[]> => {
    const asked = new URLSearchParams({ status: 'pending', limit: '100', ...query }).toString()
    return until(async () => {
      const found = (await made.desk.list(asked)).filter(isWanted)
      if (found.length > count) throw new Error(`${found.length} are held of ${asked}, not ${count}`)
      return found.length === count && found
    }, 90_000)
  }

  return {
    get rest() {
      return made.rest
    },
    get desk() {
      return made.desk
    },
    lines,
    begin,
    /** A client of a proxy of its own, once the two have greeted each other. */
    started: async (options?: ClientOptions) => {
      const begun = begin(options)
      await begun.client.initialize()
      return begun
    },
    held,
    /** The held call that pays somebody. */
    heldFor: async (to: string, status = 'pending'): Promise<Approval> =>
      (await held(({ params }) => params.to === to, { status }))[0]!,
    /** A server of ours at an address. */
    serve: async (env: Record<string, string>, { port = 0, file = 'ledger-server.mjs' } = {}) => {
      const own = port || (await freePort())
      const all = { ...childEnv(), ...env, LEDGER_PORT: String(own) }
      const child = await listen({ command: process.execPath, args: [join(place, file)], env: all })
      return { child, port: own, url: `http://127.0.0.1:${own}/mcp` }
    },
    /** A proxy that clients reach by HTTP. */
    serveProxy: async (server: string[] | string, { args = [], env }: ClientOptions = {}) => {
      const port = await freePort()
      const http = ['--http', `127.0.0.1:${port}`]
      const child = await listen(made.desk.proxy(server, { args: [...args, ...http], env }))
      return { child, port, url: `http://127.0.0.1:${port}/mcp` }
    },
  }
}
