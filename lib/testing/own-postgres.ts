import { once } from 'node:events'
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import postgres from 'postgres'
import { findBinaries } from '@/lib/embedded/cluster/binaries'
import { chooseRunner } from '@/lib/embedded/cluster/runner'

/** Certificates for a hundred years: a CA, one that signed nothing, the server `localhost`, the client `by_certificate`. */
export function tlsFile(name: 'ca.pem' | 'other-ca.pem' | 'client.pem' | 'client.key'): string {
  return fileURLToPath(new URL(`./tls/${name}`, import.meta.url))
}

export type OwnPostgres = {
  port: number
  /** Where its Unix socket is. */
  folder: string
  /** Runs statements as the superuser `postgres`, whose password is `secret`. */
  run(statements: string, database?: string): Promise<void>
  stop(): Promise<void>
}

/**
 * A PostgreSQL of a test's own, of the embedded binaries, on 127.0.0.1 and on Unix sockets, with TLS.
 * @param access lines of pg_hba.conf
 * @param settings beside those of TLS; `socketFolders` beside its own
 */
export async function startOwnPostgres(
  access: string[],
  { settings = {}, socketFolders = [] as string[] } = {},
): Promise<OwnPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'hp-own-'))
  const cluster = join(folder, 'data')
  const binaries = findBinaries()
  const runner = await chooseRunner(binaries, folder, folder)
  const password = join(folder, 'password')
  writeFileSync(password, 'secret')
  runner.own(folder)
  const made = runner.run(binaries.initdb, [
    ...['-D', cluster, '--username=postgres', `--pwfile=${password}`, '--auth=scram-sha-256'],
    ...['--encoding=UTF8', '--locale=C', '--no-sync'],
  ])
  const [code] = (await once(made, 'close')) as [number | null]
  if (code !== 0) throw new Error(`initdb ended with ${code}`)
  const here = (name: string) => fileURLToPath(new URL(`./tls/${name}`, import.meta.url))
  for (const name of ['ca.pem', 'server.pem', 'server.key']) {
    copyFileSync(here(name), join(cluster, name))
    chmodSync(join(cluster, name), 0o600)
  }
  writeFileSync(join(cluster, 'pg_hba.conf'), `${access.join('\n')}\n`)
  runner.own(folder)
  const port = await freePort()
  const all = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: [folder, ...socketFolders].join(','),
    port,
    ssl: 'on',
    ssl_ca_file: 'ca.pem',
    ssl_cert_file: 'server.pem',
    ssl_key_file: 'server.key',
    ...settings,
  }
  const flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const child = runner.run(binaries.postgres, ['-D', cluster, ...flags], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr?.on('data', (chunk) => (said += String(chunk)))
  const login = { host: folder, port, username: 'postgres', password: 'secret', max: 1 }
  const run = async (statements: string, database = 'postgres') => {
    const sql = postgres({ ...login, database, onnotice: () => undefined })
    try {
      await sql.unsafe(statements)
    } finally {
      await sql.end({ timeout: 1 })
    }
  }
  for (const end = performance.now() + 30_000; ; await new Promise((done) => setTimeout(done, 50))) {
    const isThere = await run('select 1').then(
      () => true,
      () => false,
    )
    if (isThere) break
    if (child.exitCode !== null || performance.now() > end)
      throw new Error(`PostgreSQL did not start: ${said}`)
  }
  const stop = async () => {
    const gone = once(child, 'exit')
    process.kill(Number(readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n')[0]), 'SIGINT')
    await gone
    rmSync(folder, { recursive: true, force: true })
  }
  return { port, folder, run, stop }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
