import { execFile } from 'node:child_process'
import { accessSync, constants, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { directSettings } from '@/db/client'
import { parseConnection } from '@/db/connection'
import { steadySettings } from '@/db/session-settings'
import type { Script } from './script'

/** How often a second, and how long each took in milliseconds (only where asked for). */
export type PgbenchRun = { perSecond: number; count: number; latencies: number[] }

type RunOptions = {
  script: Script
  clients: number
  /** Pieces of work of each client. */
  each: number
  /** What the numbers of the work count from; each run over a database needs its own. */
  base: number
  withLatencies?: boolean
  /** Pieces of work begun a second, at random moments; as fast as they go where it is not said. */
  pace?: number
}

/** The path of pgbench, on the PATH or where Debian keeps it; the newest. */
export function findPgbench(): string | undefined {
  const versions = '/usr/lib/postgresql'
  const kept = listFolder(versions).sort((a, b) => Number(b) - Number(a))
  const folders = [
    ...(process.env.PATH ?? '').split(delimiter),
    ...kept.map((version) => join(versions, version, 'bin')),
  ]
  return folders.map((folder) => join(folder, 'pgbench')).find(isProgram)
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/**
 * Runs a script over prepared statements.
 * @throws Error with what pgbench said where anything of it failed
 */
export async function runPgbench(
  program: string,
  databaseUrl: string,
  folder: string,
  { script, clients, each, base, withLatencies = false, pace }: RunOptions,
): Promise<PgbenchRun> {
  const own = mkdtempSync(join(folder, 'pgbench-'))
  try {
    const file = join(own, 'script.sql')
    writeFileSync(file, script.text)
    const defined = { ...script.variables, base: String(base) }
    const args = [
      ...['-n', '-M', 'prepared', '-f', file, '-c', `${clients}`, '-t', `${each}`],
      ...['-j', `${Math.min(clients, availableParallelism())}`],
      ...(pace === undefined ? [] : ['-R', pace.toFixed(1)]),
      ...(withLatencies ? ['-l', '--log-prefix', join(own, 'log')] : []),
      ...Object.entries(defined).flatMap(([name, value]) => ['-D', `${name}=${value}`]),
    ]
    const env = { ...process.env, ...loginOf(databaseUrl) }
    const said = await promisify(execFile)(program, args, { env, maxBuffer: 1 << 26 }).catch(
      (error: Error & { stderr?: string }) => {
        throw new Error(`pgbench failed: ${(error.stderr ?? error.message).slice(-1500)}`)
      },
    )
    return { ...readReport(said.stdout, clients * each), latencies: readLog(own) }
  } finally {
    rmSync(own, { recursive: true, force: true })
  }
}

/** The login and the settings of our own connections as libpq has them, because arguments can be read by everybody on the machine. */
function loginOf(databaseUrl: string): Record<string, string> {
  const { hosts, user, password, database, tls, options } = parseConnection(databaseUrl)
  const settings = Object.entries({ ...steadySettings, ...directSettings })
    .map(([name, value]) => `-c ${name}=${String(value).replaceAll(' ', '\\ ')}`)
    .join(' ')
  return {
    PGHOST: hosts.map(({ host }) => host).join(','),
    PGPORT: hosts.map(({ port }) => port).join(','),
    PGUSER: user,
    PGPASSWORD: password,
    PGDATABASE: database,
    PGOPTIONS: options === undefined ? settings : `${options} ${settings}`,
    PGSSLMODE: tls.mode,
    ...(tls.rootCert === undefined ? {} : { PGSSLROOTCERT: tls.rootCert }),
    ...(tls.cert === undefined ? {} : { PGSSLCERT: tls.cert.cert, PGSSLKEY: tls.cert.key }),
  }
}

/**
 * What pgbench says at its end.
 * @throws Error where not everything was done
 */
export function readReport(report: string, wanted: number): { perSecond: number; count: number } {
  const count = Number(/transactions actually processed: (\d+)/.exec(report)?.[1])
  const perSecond = Number(/^tps = ([\d.]+)/m.exec(report)?.[1])
  if (count === wanted && perSecond > 0) return { perSecond, count }
  throw new Error(`pgbench did ${count} of ${wanted} pieces of work:\n${report}`)
}

/** Each line tells how long a piece of work took, and as its seventh field, where there is a pace, how late it began. */
function readLog(folder: string): number[] {
  return readdirSync(folder)
    .filter((name) => name.startsWith('log'))
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').trim().split('\n'))
    .map((line) => line.split(' ').map(Number))
    .map((fields) => ((fields[2] ?? Number.NaN) - (fields[6] ?? 0)) / 1000)
}
