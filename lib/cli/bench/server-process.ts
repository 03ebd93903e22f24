import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { settingNames } from '@/lib/env'
import { root } from '../install.mjs'
import type { Ending } from './ending'
import type { Place } from './place'

/** The server under test. */
export type ServerProcess = {
  port: number
  /** Opens `/api/metrics`. */
  metricsToken: string
  /** Resident memory now, in MB of 1,024 kB. */
  memoryMb(): number
  /** @throws Error with its last words where it has ended */
  assertAlive(): void
}

const startWithinMs = 60_000
const endWithinMs = 12_000

/** The settings of the server and of the in-process calls: limits off, nothing from the shell or an .env file. */
export function benchSettings(place: Place, databaseUrl: string, port: number): Record<string, string> {
  return {
    ...Object.fromEntries(settingNames.map((name) => [name, ''])),
    PORT: String(port),
    APP_URL: `http://127.0.0.1:${port}`,
    DATABASE_URL: databaseUrl,
    DATA_DIR: place.folder,
    AUTH_SECRET: randomBytes(32).toString('base64'),
    DEMO: '0',
    RATE_LIMIT_PER_MINUTE: '0',
    MAX_WAITS_PER_KEY: '0',
    MAX_PENDING_PER_AGENT: '0',
    METRICS_TOKEN: randomBytes(16).toString('hex'),
  }
}

/** Starts the server in a process of its own and waits until it serves. */
export async function startServer(place: Place, ending: Ending): Promise<ServerProcess> {
  const port = await freePort()
  const settings = benchSettings(place, place.served, port)
  const child = spawn(process.execPath, [join(root, 'lib/cli/bench/server.mjs')], {
    cwd: root,
    env: { ...process.env, ...settings },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  ending.add(() => endProcess(child))
  let said = ''
  for (const output of [child.stdout, child.stderr]) {
    output.on('data', (chunk) => (said = (said + String(chunk)).slice(-4000)))
  }
  const deadline = performance.now() + startWithinMs
  while (!/^ready$/m.test(said)) {
    if (hasEnded(child) || performance.now() > deadline)
      throw new Error(`The server did not start. It said:\n${said}`)
    await new Promise((done) => setTimeout(done, 20))
  }
  const assertAlive = () => {
    if (hasEnded(child)) throw new Error(`The server has ended. It said:\n${said}`)
  }
  const memoryMb = () => residentKb(child.pid ?? 0) / 1024
  return { port, metricsToken: settings.METRICS_TOKEN ?? '', memoryMb, assertAlive }
}

/**
 * Starts what the server is measured against in a process of its own, over the database that no server is at.
 * @param entry the program's name in this folder
 */
export async function startOwn(
  { bare }: Place,
  ending: Ending,
  entry: 'own-table' | 'own-agents',
  env: Record<string, string> = {},
): Promise<{ port: number }> {
  const child = spawn(process.execPath, [join(root, 'lib/cli/bench/server.mjs'), entry], {
    cwd: root,
    env: { ...process.env, ...env, NODE_ENV: 'production', DATABASE_URL: bare },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  ending.add(() => endProcess(child))
  for await (const chunk of child.stdout) {
    const port = /^port (\d+)$/m.exec(String(chunk))?.[1]
    if (port) return { port: Number(port) }
  }
  throw new Error(`${entry} did not start.`)
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null
}

async function endProcess(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return
  const gone = once(child, 'exit')
  child.kill('SIGTERM')
  const tooLong = setTimeout(() => child.kill('SIGKILL'), endWithinMs)
  await gone
  clearTimeout(tooLong)
}

function residentKb(pid: number): number {
  const status = `/proc/${pid}/status`
  if (existsSync(status)) return Number(/^VmRSS:\s*(\d+) kB/m.exec(readFileSync(status, 'utf8'))?.[1])
  return Number(spawnSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }).stdout)
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((done) => server.close(done))
  return port
}
