import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import { installApart, runIn } from '@/examples/install-apart.mjs'
import { deployAgent } from '@/lib/agents/deploy'
import { makeTestProject } from '../project'
import type { Rest } from '../rest'

/* oxlint-disable typescript/no-explicit-any -- the packages under test are installed apart, without their types here */

/** Where the packages under test are, with our servers beside them. */
export const place = installApart('mcp', 'the MCP clients and servers')
for (const file of ['ledger-server.mjs', 'raw-server.mjs'])
  cpSync(join('lib/testing/mcp', file), join(place, file))

/** A package under test. */
export function load(path: string): Promise<any> {
  return import(pathToFileURL(join(place, 'node_modules', path)).href)
}

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
    - files/create_directory
    - everything/get-sum
    - ledger-server/pay
  timeout: 600
  edit: true
  on_rejection: ${onRejection}
`

/** The command as it is published, in a folder of its own; processes of it, a project and its approvals. */
export async function makeDesk(rest: Pick<Rest, 'url' | 'db' | 'call'>) {
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
    program,
    /** A new ledger: its path, and its lines but those of the starts. */
    ledger: () => {
      const file = join(folder, `ledger-${++count}.txt`)
      const lines = () =>
        existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').filter(Boolean) : []
      return { file, ran: () => lines().filter((line) => !line.startsWith('started ')), lines }
    },
    /** Command and environment of a proxy. */
    proxy: (server: string[], options: { args?: string[]; env?: Record<string, string> } = {}) => ({
      command: process.execPath,
      args: [program, 'mcp', 'proxy', '--name', 'ledger', ...(options.args ?? []), '--', ...server],
      env: {
        PATH: process.env.PATH ?? '',
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

export type Desk = Awaited<ReturnType<typeof makeDesk>>

/** Looks until it is so. */
export async function until<T>(
  look: () => T | undefined | false | Promise<T | undefined | false>,
  ms = 30_000,
): Promise<T> {
  for (const end = Date.now() + ms; ;) {
    const found = await look()
    if (found) return found
    if (Date.now() > end) throw new Error(`it did not come to be: ${look}`)
    await new Promise((done) => setTimeout(done, 30))
  }
}

/** A process that speaks lines of JSON, as a client sees it that is nobody's library. */
export class LineProcess {
  readonly child: ChildProcess
  readonly lines: string[] = []
  stderr = ''
  readonly ended: Promise<unknown>

  constructor({ command, args, env }: { command: string; args: string[]; env: Record<string, string> }) {
    this.child = spawn(command, args, { env: env as NodeJS.ProcessEnv, stdio: ['pipe', 'pipe', 'pipe'] })
    createInterface({ input: this.child.stdout! }).on('line', (line) => this.lines.push(line))
    this.child.stderr!.on('data', (chunk: Buffer) => (this.stderr += String(chunk)))
    this.child.stdin!.on('error', () => undefined)
    this.ended = once(this.child, 'exit')
  }

  say(text: string): void {
    this.child.stdin!.write(`${text}\n`)
  }

  send(message: object): void {
    this.say(JSON.stringify({ jsonrpc: '2.0', ...message }))
  }

  /** The first line that answers this id, as it came. */
  answer(id: number | string, ms?: number): Promise<string> {
    return until(() => this.lines.find((line) => (JSON.parse(line) as { id?: unknown }).id === id), ms)
  }

  async result(id: number | string, ms?: number): Promise<any> {
    return JSON.parse(await this.answer(id, ms)).result
  }

  async initialize(): Promise<void> {
    const params = {
      protocolVersion: '2025-06-18',
      capabilities: {},
      clientInfo: { name: 'lines', version: '1' },
    }
    this.send({ id: 'init', method: 'initialize', params })
    await this.answer('init', 120_000)
    this.send({ method: 'notifications/initialized' })
  }

  call(id: number | string, name: string, args: object, meta: object = {}): void {
    this.send({ id, method: 'tools/call', params: { name, arguments: args, _meta: meta } })
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL')
    await this.ended
  }
}
