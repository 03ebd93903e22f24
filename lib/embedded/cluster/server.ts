import type { ChildProcess } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import postgres from 'postgres'
import { StartError } from '@/lib/start-error'
import type { Binaries } from './binaries'
import { explainFailure } from './initialize'
import { defusePidFile, findPostmaster } from './postmaster'
import type { Runner } from './runner'

const patienceMs = 60_000
const largestLog = 10 * 1024 * 1024

/**
 * What every start says on the command line, which outranks the cluster's files. The log keeps no statement and
 * no row: both may hold what agents sent.
 */
const fixedSettings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',
  max_connections: '200',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_error_verbosity: 'terse',
  log_min_error_statement: 'panic',
}

/** The files of one embedded database and the tools to run it. */
export type Place = {
  dataDir: string
  cluster: string
  binaries: Binaries
  runner: Runner
  /** Password of the superuser `postgres`. */
  adminPassword: string
  log: (line: string) => void
}

export type Server = { pid: number; port: number; started: boolean }

/**
 * A server over the cluster that answers: the one that runs, else a new one on the port of last time (so that
 * clients come back by themselves), else on a free one. To be called under the start lock.
 *
 * @param mustPort the port that clients already use: no other will do
 * @throws StartError where none answers within 60 s (a recovery goes on meanwhile) or PostgreSQL refuses
 */
export async function ensureServer(place: Place, mustPort?: number): Promise<Server> {
  const deadline = performance.now() + patienceMs
  const attempt: Attempt = {
    child: undefined,
    logFrom: 0,
    port: mustPort ?? (await choosePort(place)),
    told: false,
  }
  let started = false
  for (;;) {
    const server = findPostmaster(place.cluster)
    if (server?.status === 'ready' && (await answers(place, server.port))) {
      keepPort(place, server.port)
      return { pid: server.pid, port: server.port, started }
    }
    if (server === undefined && (attempt.child === undefined || hasEnded(attempt.child))) {
      if (attempt.child !== undefined) await recoverFromFailure(place, attempt, mustPort)
      defusePidFile(place.cluster)
      launch(place, attempt)
      started = true
    }
    const left = deadline - performance.now()
    if (left < 0) throw tooLate(place)
    if (left < patienceMs - 3000 && !attempt.told) {
      place.log('PostgreSQL is still starting; after a crash this may take a minute')
      attempt.told = true
    }
    await sleep(25)
  }
}

type Attempt = { child: ChildProcess | undefined; logFrom: number; port: number; told: boolean }

function launch(place: Place, attempt: Attempt): void {
  const file = logFile(place)
  if (existsSync(file) && statSync(file).size > largestLog) renameSync(file, `${file}.1`)
  const output = openSync(file, 'a', 0o600)
  attempt.logFrom = statSync(file).size
  const settings = Object.entries({ ...fixedSettings, port: String(attempt.port) })
  const args = ['-D', place.cluster, ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`])]
  // a session of its own: Ctrl-C in the terminal must not reach it before those who use it are done
  const options = { detached: true, stdio: ['ignore', output, output] as ['ignore', number, number] }
  const child = place.runner.run(place.binaries.postgres, args, options)
  child.once('error', () => undefined)
  child.unref()
  closeSync(output)
  attempt.child = child
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null || child.pid === undefined
}

/** Returns where another try is worth it; a port taken meanwhile is exchanged. */
async function recoverFromFailure(place: Place, attempt: Attempt, mustPort?: number): Promise<void> {
  const said = readFileSync(logFile(place)).subarray(attempt.logFrom).toString('utf8')
  attempt.child = undefined
  const taken = /could not bind|could not create any TCP\/IP sockets/.test(said)
  if (taken && mustPort === undefined) {
    attempt.port = await freePort()
    return
  }
  // children of a killed server still end, or another start was faster: both pass by themselves
  const passes = /pre-existing shared memory block|lock file "postmaster.pid" already exists/.test(said)
  if (passes) return sleep(200)
  throw explainFailure(
    said,
    `The embedded PostgreSQL did not start (its log is ${logFile(place)})`,
    place.cluster,
  )
}

function tooLate(place: Place): StartError {
  return new StartError(
    'The embedded PostgreSQL did not answer within 60 seconds. If it is recovering it goes on by itself: ' +
      `start again in a while. Its log is ${logFile(place)}.`,
  )
}

async function answers(place: Place, port: number): Promise<boolean> {
  try {
    const [row] = await asAdmin(place, port, (sql) => sql`select current_setting('data_directory') as folder`)
    const [here, there] = [statSync(place.cluster), statSync(row?.folder)]
    return here.ino === there.ino && here.dev === there.dev
  } catch (error) {
    if ((error as { code?: string }).code !== '28P01') return false
    throw new StartError(
      `${join(place.dataDir, 'database-admin-password')} does not open the database beside it. Put back what it held.`,
      error,
    )
  }
}

/** Runs statements as the superuser, in the maintenance database, on a connection of their own. */
export async function asAdmin<T>(
  place: Place,
  port: number,
  work: (sql: postgres.Sql) => Promise<T>,
): Promise<T> {
  const login = {
    host: '127.0.0.1',
    port,
    username: 'postgres',
    password: place.adminPassword,
    database: 'postgres',
  }
  const sql = postgres({ ...login, max: 1, connect_timeout: 5, ssl: false, onnotice: () => undefined })
  try {
    return await work(sql)
  } finally {
    await sql.end({ timeout: 1 })
  }
}

function logFile(place: Place): string {
  return join(place.dataDir, 'postgres.log')
}

function portFile(place: Place): string {
  return join(place.dataDir, 'database-port')
}

function keepPort(place: Place, port: number): void {
  const file = portFile(place)
  if (existsSync(file) && Number(readFileSync(file, 'utf8')) === port) return
  writeFileSync(file, `${port}\n`, { mode: 0o600 })
}

async function choosePort(place: Place): Promise<number> {
  const file = portFile(place)
  const last = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0
  return Number.isInteger(last) && last > 0 && last < 65_536 && (await isFree(last)) ? last : await freePort()
}

/** Below the range from which systems take ports for outgoing connections, so that it is still free next time. */
async function freePort(): Promise<number> {
  for (let tries = 0; tries < 50; tries += 1) {
    const port = 20_000 + Math.floor(Math.random() * 10_000)
    if (await isFree(port)) return port
  }
  return listenOnce(0)
}

async function isFree(port: number): Promise<boolean> {
  return listenOnce(port).then(
    () => true,
    () => false,
  )
}

function listenOnce(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      const { port: given } = server.address() as AddressInfo
      server.close(() => resolve(given))
    })
  })
}
