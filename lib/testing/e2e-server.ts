import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startEmbedded } from '@/lib/embedded/embedded'
import { settingNames } from '@/lib/env'
import { scratchFolder } from './scratch'

const root = fileURLToPath(new URL('../..', import.meta.url))
const startWithinMs = 240_000

/**
 * Starts one real Holdpoint, as `npm start` does, over an embedded database of its own with the sample project,
 * for all end-to-end tests. They find it by `E2E_URL` and `E2E_DATABASE_URL`; what it says on standard error is in
 * the file `E2E_LOG`.
 *
 * @returns how to end it
 */
export default async function startServer(): Promise<() => Promise<void>> {
  const dataDir = scratchFolder('holdpoint-e2e-')
  const database = await startEmbedded({ dataDir })
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  // empty is unset: neither the shell's settings nor those of an .env file may reach the tests
  const unset = Object.fromEntries(settingNames.map((name) => [name, '']))
  const own = {
    PORT: String(port),
    APP_URL: url,
    DATA_DIR: dataDir,
    DEMO: '1',
    OUTBOUND_ALLOW: '127.0.0.0/8',
    RATE_LIMIT_PER_MINUTE: '0',
    CRON_SECRET: 'end-to-end-cron-secret',
    METRICS_TOKEN: 'end-to-end-metrics-token',
  }
  const env = { ...process.env, ...unset, ...own }
  const child = spawn(process.execPath, ['lib/cli/start.mjs'], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const log = join(dataDir, 'stderr.log')
  child.stderr.pipe(createWriteStream(log))
  const end = async () => {
    await endChild(child)
    await database.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
  try {
    await waitUntilServing(child, url)
  } catch (error) {
    await end()
    throw error
  }
  Object.assign(process.env, {
    E2E_URL: url,
    E2E_DATABASE_URL: database.url,
    E2E_LOG: log,
    E2E_CRON_SECRET: own.CRON_SECRET,
    E2E_METRICS_TOKEN: own.METRICS_TOKEN,
  })
  return end
}

async function waitUntilServing(child: ChildProcess, url: string): Promise<void> {
  let said = ''
  for (const output of [child.stdout, child.stderr]) output?.on('data', (chunk) => (said += chunk))
  const deadline = performance.now() + startWithinMs
  while (performance.now() < deadline && child.exitCode === null && child.signalCode === null) {
    const answer = await fetch(`${url}/sign-in`).catch(() => undefined)
    if (answer?.ok) return
    await new Promise((done) => setTimeout(done, 100))
  }
  throw new Error(`Holdpoint did not start for the end-to-end tests. It said:\n${said}`)
}

async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGTERM')
  const tooLong = setTimeout(() => child.kill('SIGKILL'), 15_000)
  await gone
  clearTimeout(tooLong)
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}
