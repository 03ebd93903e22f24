import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, chmodSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { parseConnection } from '@/db/connection'
import { createTestDatabase } from '@/lib/testing/database'
import { startFakePooler, type Pooling } from '@/lib/testing/fake-pooler'
import { holdOneCall } from '@/lib/testing/held-call'
import { checkDatabase } from './database-check'
import { refusePooling } from './pooling-check'

const shares = /DATABASE_URL leads to a pooler that shares sessions between clients/

describe('told by whom a client is served', () => {
  test.each<[string, Pooling, boolean]>([
    ['by the session', { mode: 'session', size: 5 }, true],
    ['by the session, in turn', { mode: 'session', size: 5, inTurn: true }, true],
    ['by the transaction', { mode: 'transaction', size: 5 }, false],
    ['by the transaction, in turn', { mode: 'transaction', size: 5, inTurn: true }, false],
    [
      'by the transaction, over two connections in turn',
      { mode: 'transaction', size: 2, inTurn: true },
      false,
    ],
    ['by the statement', { mode: 'statement', size: 5 }, false],
  ])('%s', async (_, pooling, isFine) => {
    const pooler = await startFakePooler(pooling)
    try {
      const check = refusePooling(pooler.url, 'DATABASE_URL')
      if (isFine) await expect(check).resolves.toBeUndefined()
      else await expect(check).rejects.toThrow(shares)
    } finally {
      await pooler.close()
    }
  })
})

function findPgbouncer(): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']
  return folders
    .map((folder) => join(folder, 'pgbouncer'))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK)
        return true
      } catch {
        return false
      }
    })
}

const pgbouncer = findPgbouncer()

describe.skipIf(pgbouncer === undefined)('the real PgBouncer, where it is installed', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>
  let child: ChildProcess | undefined
  let folder: string
  beforeAll(async () => {
    database = await createTestDatabase()
  })
  afterEach(async () => {
    const gone = child && once(child, 'exit')
    child?.kill('SIGKILL')
    await gone
    rmSync(folder, { recursive: true, force: true })
  })
  afterAll(() => database.drop())

  /** With nothing set that would make it take our startup parameters. */
  async function startPgbouncer(mode: string): Promise<string> {
    const { hosts, user, password, database: name } = parseConnection(database.url)
    folder = mkdtempSync(join(tmpdir(), 'hp-pgbouncer-'))
    chmodSync(folder, 0o755)
    const port = await freePort()
    const lines = [
      '[databases]',
      `${name} = host=${hosts[0]?.host} port=${hosts[0]?.port} user=${user} password=${password}`,
      '[pgbouncer]',
      `listen_addr = 127.0.0.1\nlisten_port = ${port}\nunix_socket_dir =`,
      `auth_type = trust\nauth_file = ${join(folder, 'users.txt')}`,
      `pool_mode = ${mode}\ndefault_pool_size = 60\nmax_client_conn = 200`,
    ]
    writeFileSync(join(folder, 'users.txt'), `"${user}" "${password}"\n`)
    writeFileSync(join(folder, 'pgbouncer.ini'), `${lines.join('\n')}\n`)
    // It refuses root.
    const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}
    child = spawn(pgbouncer ?? '', [join(folder, 'pgbouncer.ini')], {
      ...nobody,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let said = ''
    child.stderr?.on('data', (chunk) => (said += String(chunk)))
    await expect.poll(() => said).toContain('process up')
    return `postgres://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}/${name}`
  }

  test('by the session: a call is held, decided and claimed', async () => {
    const url = await startPgbouncer('session')
    await checkDatabase(url, false)
    await expect(holdOneCall(url)).resolves.toBeUndefined()
  }, 60_000)

  test.each(['transaction', 'statement'])('by the %s: refused', async (mode) => {
    await expect(checkDatabase(await startPgbouncer(mode), false)).rejects.toThrow(shares)
  })
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
