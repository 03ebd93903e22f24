import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { compiled } from '@/lib/cli/compile.mjs'
import { call, type Answer, type CallOptions } from './rest'

/** Compiled once for all of them: translated while it is loaded, each would take several times as long to start. */
let program: Promise<string> | undefined

/** One of several servers over one database, a process of its own. */
export type ServerProcess = {
  url: string
  pid: number
  call(method: string, path: string, options?: CallOptions): Promise<Answer>
  /** SIGKILL: no goodbye. */
  kill(): Promise<void>
  isAlive(): boolean
  /** What it wrote to its standard error so far. */
  said(): string
  /** SIGTERM, as at a new release; resolves with the exit code when the process is gone. */
  stop(): Promise<number | null>
}

/**
 * @param databaseUrl undefined for the embedded one in the DATA_DIR of `env`
 * @param env settings beside the database; `PORT` to come back where another one was
 */
export async function startServer(
  databaseUrl: string | undefined,
  env: Record<string, string> = {},
): Promise<ServerProcess> {
  const port = env.PORT ?? String(await freePort())
  const own = {
    DATABASE_URL: databaseUrl ?? '',
    AUTH_SECRET: 'test-secret-of-more-than-thirty-two-characters-4711',
    APP_URL: 'http://localhost:3000',
    RATE_LIMIT_PER_MINUTE: '0',
    MAX_WAITS_PER_KEY: '0',
    ...env,
    PORT: port,
  }
  const file = fileURLToPath(await (program ??= compiled('lib/testing/server-process.ts')))
  const child = spawn(process.execPath, [file], {
    env: { ...process.env, ...own },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const gone = once(child, 'exit') as Promise<[number | null]>
  let said = ''
  child.stderr.on('data', (chunk) => (said += chunk))
  const ready = once(child.stdout, 'data')
  await Promise.race([ready, gone])
  if (child.exitCode !== null) throw new Error(`The server ended with ${child.exitCode}:\n${said}`)
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal)
    return (await gone)[0]
  }
  const url = `http://127.0.0.1:${port}`
  return {
    url,
    pid: child.pid ?? 0,
    call: (method, path, options) => call(url, method, path, options),
    kill: () => end('SIGKILL').then(() => undefined),
    isAlive: () => child.exitCode === null && child.signalCode === null,
    said: () => said,
    stop: () => end('SIGTERM'),
  }
}

/**
 * One request, tried on each server in turn until one answers: what a client does that knows several, or what a
 * balancer does before them. Only a lost or refused connection and 503 are tried again.
 */
export async function callAny(
  servers: () => { url: string }[],
  method: string,
  path: string,
  options: CallOptions = {},
): Promise<Answer> {
  const end = performance.now() + 20_000
  for (let turn = 0; ; turn++) {
    const all = servers()
    const { url } = all[turn % all.length] ?? { url: '' }
    try {
      const answer = await call(url, method, path, options)
      if (answer.status !== 503 || performance.now() > end) return answer
    } catch (error) {
      if (performance.now() > end) throw error
    }
    await new Promise((done) => setTimeout(done, 20))
  }
}

/** A port of this machine that nobody listens at, for now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
