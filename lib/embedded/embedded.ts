import { realpathSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Sql } from 'postgres'
import { makeFolders } from '@/lib/embedded/processes/folders.mjs'
import { acquireLock } from '@/lib/embedded/processes/lock.mjs'
import { markProcess, processStamp } from '@/lib/embedded/processes/alive.mjs'
import { secretFile } from './secrets-file'
import { explainRefusal, StartError } from '@/lib/start-error'
import { findBinaries } from './cluster/binaries'
import { joinClients, type Client } from './cluster/clients'
import { ensureCluster, explainFailure } from './cluster/initialize'
import { findPostmaster, stopPostmaster } from './cluster/postmaster'
import { chooseRunner } from './cluster/runner'
import { asAdmin, ensureServer, type Place, type Server } from './cluster/server'

/** A PostgreSQL of our own, in use by this process until `stop`. */
export type EmbeddedDatabase = {
  /** Connection string of an ordinary role that owns the database `holdpoint` and may create databases. */
  url: string
  port: number
  /** Whether this process found nobody else at it: it started the server, or took over one left behind. */
  owned: boolean
  /** Leaves the database; whoever leaves last stops it (8 s at most; it goes on stopping by itself). */
  stop(): Promise<void>
}

type Options = { dataDir: string; log?: (line: string) => void }

const touchEveryMs = 2000
const lookEveryMs = 1000
/** A server that lived longer than this is started again at once. */
const wellAfterMs = 3000
const shortestPauseMs = 1000
const longestPauseMs = 60_000
const lockPatienceMs = 120_000

/**
 * The embedded database in `dataDir`, made at the first call, shared by all processes that name the folder, and
 * started again on its port where it dies while this process lives. Commits are on disk before they are
 * acknowledged; it listens on 127.0.0.1 alone, behind passwords kept in `dataDir`.
 *
 * @throws StartError, a plain sentence, for whatever a person can mend
 */
export async function startEmbedded({ dataDir, log = () => undefined }: Options): Promise<EmbeddedDatabase> {
  return open(dataDir, log, true)
}

/** The same for a tool that runs beside: it uses the running database, or starts it for the while. */
export async function attachEmbedded(dataDir: string): Promise<EmbeddedDatabase> {
  return open(dataDir, () => undefined, false)
}

async function open(
  folder: string,
  log: (line: string) => void,
  watched: boolean,
): Promise<EmbeddedDatabase> {
  const dataDir = makeFolder(resolve(folder))
  try {
    const { place, client, server, owned } = await lockedStart(dataDir, log, () => begin(dataDir, log))
    const url = `postgres://holdpoint:${secretFile(dataDir, 'database-password')}@127.0.0.1:${server.port}/holdpoint`
    const endWatch = watch(place, client, server, watched)
    let leaving: Promise<void> | undefined
    const stop = () => (leaving ??= endWatch().then(() => leave(place, client)))
    return { url, port: server.port, owned, stop }
  } catch (error) {
    throw explainRefusal(error, dataDir)
  }
}

async function begin(dataDir: string, log: (line: string) => void) {
  const place = await preparePlace(dataDir, log)
  const client = joinClients(join(dataDir, 'clients'))
  try {
    await waitForStrangers(place, client)
    const owned = client.others().here === 0
    const server = await ensureServer(place)
    if (owned && !server.started) log('Took over the PostgreSQL that was still running')
    await provide(place, server.port).catch(async (error: unknown) => {
      if (owned && server.started) await stopPostmaster(place.cluster, 8000)
      throw error
    })
    return { place, client, server, owned }
  } catch (error) {
    client.leave()
    throw error
  }
}

function makeFolder(dataDir: string): string {
  try {
    makeFolders(dataDir)
    if (!statSync(dataDir).isDirectory()) {
      throw new StartError(
        `DATA_DIR ${dataDir} is a file, not a folder. Choose another folder with DATA_DIR.`,
      )
    }
    return realpathSync(dataDir)
  } catch (error) {
    throw explainRefusal(error, dataDir)
  }
}

async function lockedStart<T>(
  dataDir: string,
  log: (line: string) => void,
  work: () => Promise<T>,
): Promise<T> {
  const onWait = () => log('Another start is at work on this database; waiting for it')
  const lock = await acquireLock(join(dataDir, 'locks'), 'database', {
    timeoutMs: lockPatienceMs,
    onWait,
  }).catch((error: unknown) => {
    const refusal = explainRefusal(error, dataDir)
    if (refusal !== error || !(error instanceof Error) || 'code' in error) throw refusal
    throw new StartError(
      `The start of the database in ${dataDir} is stuck: ${error.message}. End that process.`,
    )
  })
  try {
    return await work()
  } finally {
    lock.release()
  }
}

async function preparePlace(dataDir: string, log: (line: string) => void): Promise<Place> {
  const binaries = findBinaries()
  const cluster = join(dataDir, 'postgres')
  const exists = statSync(cluster, { throwIfNoEntry: false }) !== undefined
  const runner = await chooseRunner(binaries, dataDir, exists ? cluster : dataDir)
  const password = () => secretFile(dataDir, 'database-admin-password')
  await ensureCluster(dataDir, cluster, { binaries, runner, password, log })
  const adminPassword = secretFile(dataDir, 'database-admin-password', false)
  return { dataDir, cluster, binaries, runner, adminPassword, log }
}

/**
 * Two servers over one cluster destroy it, and PostgreSQL cannot see one in another container: where such a user
 * gave a sign of life just now, wait until it is stale, or refuse.
 */
async function waitForStrangers(place: Place, client: Client): Promise<void> {
  if (findPostmaster(place.cluster) !== undefined) return
  const deadline = performance.now() + 20_000
  while (client.others().elsewhere > 0) {
    if (performance.now() > deadline) {
      throw new StartError(
        `${place.dataDir} is in use from another container or machine. One DATA_DIR serves one machine at a time: ` +
          'stop the other, or give both the same DATABASE_URL.',
      )
    }
    await new Promise((done) => setTimeout(done, 250))
  }
}

/** The application's own role, no superuser, and its database. */
async function provide(place: Place, port: number): Promise<void> {
  const password = secretFile(place.dataDir, 'database-password')
  const work = async (sql: Sql) => {
    const [found] = await sql`select
      exists (select from pg_roles where rolname = 'holdpoint') as role,
      exists (select from pg_database where datname = 'holdpoint') as database`
    if (!found?.role) await sql.unsafe(`create role holdpoint login createdb password '${password}'`)
    if (!found?.database) await sql.unsafe('create database holdpoint owner holdpoint')
  }
  await asAdmin(place, port, work).catch((error: Error) => {
    throw explainFailure(
      error.message,
      `The database in ${place.dataDir} could not be prepared`,
      place.cluster,
    )
  })
}

/** Gives signs of life, and starts the server again where it has died. Returns how to end that. */
function watch(place: Place, client: Client, first: Server, watched: boolean): () => Promise<void> {
  const revival = new Revival(place, first)
  const signs = setInterval(() => client.touch(), touchEveryMs)
  const looks = watched ? setInterval(() => revival.look(), lookEveryMs) : undefined
  signs.unref()
  looks?.unref()
  return async () => {
    clearInterval(signs)
    clearInterval(looks)
    await revival.done()
  }
}

/** Starts the server again on its port where it has died: at once, and later each time where that is in vain. */
class Revival {
  private stamp: ReturnType<typeof markProcess>
  private aliveSince = performance.now()
  private pauseMs = 0
  private notBefore = 0
  private mending: Promise<void> | undefined
  private lastTrouble = ''

  constructor(
    private readonly place: Place,
    private readonly first: Server,
  ) {
    this.stamp = markProcess(first.pid)
  }

  look(): void {
    if (this.mending !== undefined || processStamp(this.stamp.pid) === this.stamp.stamp) return
    const now = performance.now()
    if (this.notBefore === 0) {
      const wasWell = now - this.aliveSince > wellAfterMs
      this.pauseMs = wasWell ? 0 : Math.min(this.pauseMs * 2 || shortestPauseMs, longestPauseMs)
      this.notBefore = now + this.pauseMs
    }
    if (now >= this.notBefore) this.mending = this.mend().finally(() => (this.mending = undefined))
  }

  async done(): Promise<void> {
    await this.mending
  }

  private async mend(): Promise<void> {
    try {
      const server = await this.start()
      this.stamp = markProcess(server.pid)
      if (server.started) this.place.log('PostgreSQL had ended and is running again')
      if (server.port !== this.first.port) {
        this.place.log(
          `PostgreSQL runs on another port than before, ${server.port}: start Holdpoint again to use it`,
        )
      }
      this.lastTrouble = ''
    } catch (error) {
      const trouble = error instanceof Error ? error.message : String(error)
      if (trouble !== this.lastTrouble) {
        this.place.log(
          `PostgreSQL had ended and does not start: ${trouble} It is tried again, at last once a minute`,
        )
      }
      this.lastTrouble = trouble
    }
    // One that does not live from now on counts as tried in vain.
    this.aliveSince = performance.now()
    this.notBefore = 0
  }

  /** Whoever is first starts it, or finds it running. */
  private async start(): Promise<Server> {
    const lock = await acquireLock(join(this.place.dataDir, 'locks'), 'database', {
      timeoutMs: lockPatienceMs,
    })
    try {
      return await ensureServer(this.place, this.first.port)
    } finally {
      lock.release()
    }
  }
}

async function leave(place: Place, client: Client): Promise<void> {
  // on a full disk even the lock may fail; leaving must not
  const lock = await acquireLock(join(place.dataDir, 'locks'), 'database', { timeoutMs: 10_000 }).catch(
    () => undefined,
  )
  try {
    client.leave()
    if (client.others().here === 0) await stopPostmaster(place.cluster, 8000)
  } finally {
    lock?.release()
  }
}
