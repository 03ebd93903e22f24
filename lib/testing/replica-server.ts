import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import postgres from 'postgres'
import { findBinaries } from '@/lib/embedded/cluster/binaries'
import { chooseRunner } from '@/lib/embedded/cluster/runner'

/** A streaming replica of an embedded database. */
export type ReplicaServer = {
  /** The same login and database as the primary's, read only. */
  url: string
  /** What the primary does from now on is received and not shown, until `resume`. */
  pause(): Promise<void>
  resume(): Promise<void>
  /** Ends at once, as it would by a crash. */
  kill(): Promise<void>
  isAlive(): boolean
  /** Serves again where it was, after `kill`. */
  start(): Promise<void>
}

/**
 * Copies a running embedded database while it serves (the low-level base backup of PostgreSQL's manual, 25.3.4:
 * the embedded binaries bring no pg_basebackup) and starts the copy as its streaming replica.
 * @param primary its folder, and the URL that `startEmbedded` gave
 * @param folder for the replica's files; it need not exist
 */
export async function startReplica(
  primary: { dataDir: string; url: string },
  folder: string,
): Promise<ReplicaServer> {
  const password = readFileSync(join(primary.dataDir, 'database-admin-password'), 'utf8').trim()
  const source = new URL(primary.url)
  const login = { host: '127.0.0.1', username: 'postgres', password, database: 'postgres' }
  const cluster = join(folder, 'postgres')
  await copyCluster({ ...login, port: Number(source.port) }, primary.dataDir, cluster)
  const conninfo = `host=127.0.0.1 port=${source.port} user=postgres password=${password}`
  writeFileSync(join(cluster, 'postgresql.auto.conf'), `primary_conninfo = '${conninfo}'\n`)
  writeFileSync(join(cluster, 'standby.signal'), '')

  const binaries = findBinaries()
  const runner = await chooseRunner(binaries, folder, cluster)
  runner.own(cluster)
  const port = await freePort()
  let child = run()
  function run() {
    const settings = {
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      // a standby needs as many as its primary
      max_connections: '200',
      port,
    }
    const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
    return runner.run(binaries.postgres, ['-D', cluster, ...flags], { stdio: 'ignore' })
  }
  const asAdmin = (statement: string) => onServer({ ...login, port }, statement)
  const ready = async () => {
    for (const end = performance.now() + 20_000; ; await sleep(50)) {
      const isThere = await asAdmin('select 1').catch((error: unknown) => {
        if (performance.now() > end || child.exitCode !== null) throw error
      })
      if (isThere) return
    }
  }
  await ready()
  const url = new URL(primary.url)
  url.port = String(port)
  return {
    url: url.href,
    pause: async () => {
      await asAdmin('select pg_wal_replay_pause()')
      while ((await asAdmin('select pg_get_wal_replay_pause_state() as state'))[0]?.state !== 'paused')
        await sleep(10)
    },
    resume: () => asAdmin('select pg_wal_replay_resume()').then(() => undefined),
    kill: async () => {
      const gone = once(child, 'exit')
      // PostgreSQL's immediate shutdown: no checkpoint, no goodbye to clients.
      process.kill(postmasterOf(cluster), 'SIGQUIT')
      await gone
    },
    isAlive: () => child.exitCode === null && child.signalCode === null,
    start: () => {
      child = run()
      return ready()
    },
  }
}

type Login = { host: string; port: number; username: string; password: string; database: string }

async function copyCluster(login: Login, dataDir: string, cluster: string): Promise<void> {
  const source = join(dataDir, 'postgres')
  const sql = postgres({ ...login, max: 1, onnotice: () => undefined })
  try {
    await sql`select pg_backup_start('replica', true)`
    mkdirSync(cluster, { recursive: true, mode: 0o700 })
    for (const name of readdirSync(source)) {
      if (/^(postmaster\.(pid|opts)|pg_wal|pg_replslot)$/.test(name)) continue
      cpSync(join(source, name), join(cluster, name), {
        recursive: true,
        // What vanishes meanwhile, such as a file for sorting, is none of the backup.
        filter: (file) => existsSync(file) && !/pgsql_tmp|pg_internal\.init/.test(file),
      })
    }
    for (const name of ['pg_wal', 'pg_wal/archive_status', 'pg_wal/summaries', 'pg_replslot'])
      mkdirSync(join(cluster, name), { mode: 0o700 })
    const [stopped] = await sql<{ labelfile: string }[]>`select labelfile from pg_backup_stop(false)`
    writeFileSync(join(cluster, 'backup_label'), stopped?.labelfile ?? '')
  } finally {
    await sql.end({ timeout: 1 })
  }
}

async function onServer(login: Login, statement: string): Promise<postgres.RowList<postgres.Row[]>> {
  const sql = postgres({ ...login, max: 1, connect_timeout: 5, onnotice: () => undefined })
  try {
    return await sql.unsafe(statement)
  } finally {
    await sql.end({ timeout: 1 })
  }
}

function postmasterOf(cluster: string): number {
  return Number(readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n')[0])
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
