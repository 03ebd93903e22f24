import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { startEmbedded, type EmbeddedDatabase } from '@/lib/embedded/embedded'
import { describeWithPlace } from '@/lib/describe-error'
import { readSettings, requireReady, type ReadySettings, type Settings } from '@/lib/env'
import { secretFile } from '@/lib/embedded/secrets-file'
import { log } from '@/lib/log'
import { StartError } from '@/lib/start-error'
import { toAppError } from '@/lib/http/problem'
import { ensureBuilt } from './build'
import { checkDatabase, checkReplica, explainDatabase } from './database-check'
import { root } from './install.mjs'
import { guardStrayErrors } from './stray-errors'

export type Running = { url: string; settings: ReadySettings; close(): Promise<void> }

type Options = { dev: boolean; log: (line: string) => void; signal?: AbortSignal }

const closeWithinMs = 8000
const exitWithinMs = 10_000

/**
 * Everything from settings to a listening server: database, build, migrations, sample project, server. What was
 * begun is ended again where a later step fails.
 *
 * @throws StartError for whatever a person can mend
 */
export async function startHoldpoint({ dev, log, signal }: Options): Promise<Running> {
  const settings = readSettings(process.env)
  await requireFreePort(settings.port)
  const dataDir = resolve(root, settings.dataDir)
  const embedded = settings.databaseUrl === undefined ? await startEmbedded({ dataDir, log }) : undefined
  try {
    const ready = complete(settings, dataDir, embedded)
    await checkDatabase(ready.databaseUrl, ready.allowUnsafeDatabase)
    if (ready.databaseReplicaUrl !== undefined) await checkReplica(ready.databaseReplicaUrl, log)
    if (!dev) await ensureBuilt(log, signal)
    signal?.throwIfAborted()
    await migrateDatabase(ready.databaseUrl)
    await keepAuditFloor(ready, log)
    const { serve } = await import('./serve')
    const server = await serve({ port: ready.port, dev, settings: ready })
    const close = async () => {
      await within(closeWithinMs, server.close())
      await embedded?.stop()
    }
    return { url: server.url, settings: ready, close }
  } catch (error) {
    await embedded?.stop()
    throw isUnavailable(error) ? explainDatabase(error, process.env.DATABASE_URL ?? '') : error
  }
}

/** What the embedded database brings along, also for whatever reads the environment later. */
function complete(
  settings: Settings,
  dataDir: string,
  embedded: EmbeddedDatabase | undefined,
): ReadySettings {
  const databaseUrl = settings.databaseUrl ?? embedded?.url
  const authSecret = settings.authSecret ?? secretFile(dataDir, 'auth-secret')
  const ready = requireReady({ ...settings, dataDir, databaseUrl, authSecret })
  process.env.DATABASE_URL = ready.databaseUrl
  process.env.AUTH_SECRET = ready.authSecret
  process.env.DATA_DIR = ready.dataDir
  process.env.APP_URL = ready.appUrl
  process.env.DEMO = ready.demo ? '1' : '0'
  // next-auth takes its address from here, else from request headers, which anybody can write
  process.env.NEXTAUTH_URL = ready.appUrl
  process.env.NEXT_MANUAL_SIG_HANDLE = 'true'
  process.env.NEXT_TELEMETRY_DISABLED = '1'
  return ready
}

async function migrateDatabase(url: string): Promise<void> {
  const { migrate, UnknownSchemaError } = await import('@/db/migrate')
  try {
    await migrate(url, join(root, 'drizzle'))
  } catch (error) {
    if (error instanceof UnknownSchemaError) throw new StartError(error.message, error)
    throw explainDatabase(error, url)
  }
}

/** The role that migrates tells the database the operator's floor; another lives with the one that is there. */
async function keepAuditFloor(settings: ReadySettings, log: (line: string) => void): Promise<void> {
  const [{ openDatabase }, { setAuditFloor }] = await Promise.all([
    import('@/db/client'),
    import('@/lib/retention/floor'),
  ])
  const { db, close } = openDatabase(settings.databaseUrl, 1)
  try {
    const wanted = settings.auditRetentionMinDays
    const inForce = await setAuditFloor(db, wanted)
    if (inForce === wanted) return
    log(
      `AUDIT_RETENTION_MIN_DAYS is ${wanted}, but the database keeps audit logs for at least ${inForce} days. ` +
        'Its owner’s role changes that: npm run migrate.',
    )
  } finally {
    await close()
  }
}

function isUnavailable(error: unknown): boolean {
  return toAppError(error).code === 'unavailable'
}

/** Before the build, so that nobody waits for it in vain. */
async function requireFreePort(port: number): Promise<void> {
  const probe = createServer()
  try {
    await new Promise<void>((done, fail) => probe.once('error', fail).listen(port, done))
  } catch (error) {
    throw explainListening(error, port)
  }
  await new Promise((done) => probe.close(done))
}

function explainListening(error: unknown, port: number): unknown {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'EADDRINUSE') {
    return new StartError(
      `port ${port} is taken by another program. Choose another, such as PORT=${port + 1} npm start`,
    )
  }
  if (code === 'EACCES')
    return new StartError(`this user may not listen on port ${port}. Choose one from 1024 upwards`)
  return error
}

type Life = {
  running: Running | undefined
  endSample: () => void
  ending: boolean
  code: number
  abort: AbortController
}

/** `npm start` and `npm run dev`: serves until SIGINT or SIGTERM, then ends within 10 s. */
export async function main({ dev }: { dev: boolean }): Promise<void> {
  const life: Life = {
    running: undefined,
    endSample: () => undefined,
    ending: false,
    code: 0,
    abort: new AbortController(),
  }
  // what is said before the welcome is for a person, what comes after it for a log
  const say = (line: string) =>
    life.running === undefined ? console.log(line) : log.warn({ where: 'process' }, line)
  const end = async (code: number) => {
    if (life.ending) return
    life.ending = true
    life.code = code
    life.abort.abort()
    setTimeout(() => process.exit(code), exitWithinMs).unref()
    // still starting: what it has begun is ended there, then it ends the process
    if (life.running === undefined) return
    life.endSample()
    await life.running.close().catch((error: unknown) => console.error(describeWithPlace(error)))
    process.exit(code)
  }
  // npm passes Ctrl-C on although the terminal has sent it already: a second one means nothing
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => void end(0))
  endWithShell(() => void end(0))
  guardStrayErrors(say, (error) => {
    console.error(describeWithPlace(error))
    void end(1)
  })
  try {
    const envFile = join(root, '.env')
    if (existsSync(envFile)) process.loadEnvFile(envFile)
    life.running = await startHoldpoint({ dev, log: say, signal: life.abort.signal })
    if (life.ending) return await life.running.close().then(() => process.exit(life.code))
    life.endSample = await greet(life.running, () => life.ending)
  } catch (error) {
    if (life.ending && life.running === undefined) process.exit(life.code)
    sayRefusal(error)
    await end(1)
    process.exit(1)
  }
}

/** Says welcome. The server serves by now: that its database is away for a moment is no reason to end it. */
async function greet({ url, settings }: Running, isEnding: () => boolean): Promise<() => void> {
  const { welcome } = await import('./welcome')
  for (;;) {
    try {
      return await welcome({ url, settings })
    } catch (error) {
      if (isEnding()) return () => undefined
      if (!isUnavailable(error)) throw error
      await new Promise((done) => setTimeout(done, 1000))
    }
  }
}

/** npm gives SIGTERM to the shell between it and us, which dies of it and tells us nothing. */
function endWithShell(end: () => void): void {
  if (process.env.npm_lifecycle_event === undefined || process.platform === 'win32') return
  const shell = process.ppid
  setInterval(() => process.ppid === shell || end(), 250).unref()
}

/** Plain sentences for what a person can mend; its kind and place alone for a mistake of ours. */
function sayRefusal(error: unknown): void {
  const known = explainListening(error, Number(process.env.PORT || 3000))
  if (!(known instanceof StartError)) return console.error(describeWithPlace(known))
  const message =
    known.message.endsWith('.') || known.message.includes('\n') ? known.message : `${known.message}.`
  console.error(`Holdpoint could not start: ${message}`)
}

async function within(ms: number, work: Promise<void>): Promise<void> {
  const limit = new Promise<void>((done) => setTimeout(done, ms).unref())
  await Promise.race([work, limit])
}
