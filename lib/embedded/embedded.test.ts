import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import postgres from 'postgres'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { compiled } from '@/lib/cli/compile.mjs'
import { processStamp } from '@/lib/embedded/processes/alive.mjs'

const isRoot = process.getuid?.() === 0
const nobody = { uid: 65_534, gid: 65_534 }
const treeIsOpen = spawnSync('/bin/sh', ['-c', 'test -r package.json'], isRoot ? nobody : {}).status === 0

type Up = { url: string; port: number; owned: boolean; pid: number; refused?: string; settings: object }
type Running = {
  child: ChildProcess
  up: Up
  lines: string[]
  /** What it logged. */
  said: string[]
  stop(): Promise<unknown>
  kill(): Promise<unknown>
}

let folder: string
let dataDir: string
let children: ChildProcess[] = []
let madeOnce: string

beforeAll(async () => {
  madeOnce = mkdtempSync(join(tmpdir(), 'holdpoint-embedded-'))
  await (await start({ dir: madeOnce })).stop()
})

afterAll(() => rmSync(madeOnce, { recursive: true, force: true }))

/** For tests that do not watch how a database is made. */
function useMadeDatabase(): void {
  cpSync(madeOnce, dataDir, { recursive: true, preserveTimestamps: true })
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdpoint-embedded-'))
  chmodSync(folder, 0o755)
  dataDir = join(folder, 'data')
  children = []
})

afterEach(async () => {
  for (const child of children) child.kill('SIGKILL')
  const pid = postmaster()
  if (pid !== undefined && processStamp(pid) !== undefined) process.kill(pid, 'SIGKILL')
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
})

async function start(
  options: { writers?: number; env?: { PATH: string }; user?: object; dir?: string } = {},
) {
  const program = fileURLToPath(await compiled('lib/testing/embedded-client.ts'))
  const args = [program, options.dir ?? dataDir, `${options.writers ?? 0}`]
  const env = { ...process.env, ...options.env }
  const child = spawn(process.execPath, args, { env, ...options.user, stdio: ['pipe', 'pipe', 'pipe'] })
  children.push(child)
  const [errors, lines]: [string[], string[]] = [[], []]
  createInterface({ input: child.stderr }).on('line', (line) => errors.push(line))
  const output = createInterface({ input: child.stdout })
  const first = await Promise.race([once(output, 'line'), once(output, 'close')])
  if (first.length === 0) throw new Error(`ended without a word: ${errors.join('\n')}`)
  output.on('line', (line) => lines.push(line))
  const up = JSON.parse(String(first[0])) as Up
  const gone = once(child, 'exit')
  const stop = () => {
    child.stdin.end('stop\n')
    return gone
  }
  const kill = () => {
    child.kill('SIGKILL')
    return gone
  }
  return { child, up, lines, said: errors, stop, kill } satisfies Running
}

function postmaster(): number | undefined {
  const file = join(dataDir, 'postgres', 'postmaster.pid')
  return existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : undefined
}

function isRunning(): boolean {
  const pid = postmaster()
  return pid !== undefined && processStamp(pid) !== undefined
}

async function query<T>(url: string, work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(url, { max: 1, connect_timeout: 3, onnotice: () => undefined })
  try {
    return await work(sql)
  } finally {
    await sql.end({ timeout: 1 })
  }
}

describe('one database for all who name its folder', () => {
  test('durable, in UTF-8 and UTC, for an ordinary role; secrets for the owner’s eyes only', async () => {
    const one = await start()
    expect(one.up.settings).toEqual({
      fsync: 'on',
      commit: 'on',
      zone: 'UTC',
      encoding: 'UTF8',
      super: false,
    })
    for (const name of ['database-password', 'database-admin-password']) {
      expect(statSync(join(dataDir, name)).mode & 0o777).toBe(0o600)
    }
    await expect(query(one.up.url.replace(/:[^:@]+@/, ':wrong@'), (sql) => sql`select 1`)).rejects.toThrow(
      /password/,
    )
    await one.stop()
    expect(isRunning()).toBe(false)
  })

  test('two starts at once share it, and the last to leave stops it', async () => {
    const [one, two] = await Promise.all([start(), start()])
    expect(one.up.url).toBe(two.up.url)
    expect([one.up.owned, two.up.owned].filter(Boolean)).toHaveLength(1)
    expect(readdirSync(dataDir).filter((name) => name.startsWith('postgres.new-'))).toEqual([])
    const [first, second] = one.up.owned ? [one, two] : [two, one]
    await first.stop()
    expect(isRunning()).toBe(true)
    expect(await query(second.up.url, (sql) => sql`select 1 as n`)).toHaveLength(1)
    await second.stop()
    expect(isRunning()).toBe(false)
  })

  test('one that was killed does not count as still there', async () => {
    useMadeDatabase()
    const [killed, other] = await Promise.all([start(), start()])
    await killed.kill()
    await other.stop()
    expect(isRunning()).toBe(false)
  })

  test('the orphan of a killed process is taken over, with its port', async () => {
    useMadeDatabase()
    const first = await start()
    await first.kill()
    expect(isRunning()).toBe(true)
    const pid = postmaster()
    const next = await start()
    expect([next.up.owned, next.up.port, postmaster()]).toEqual([true, first.up.port, pid])
    await next.stop()
    expect(isRunning()).toBe(false)
  })
})

describe('after a crash', () => {
  beforeEach(useMadeDatabase)

  test('no acknowledged write is lost, and the port stays', { timeout: 60_000 }, async () => {
    const first = await start({ writers: 8 })
    while (first.lines.length < 2000) await new Promise((done) => setTimeout(done, 20))
    process.kill(postmaster() ?? 0, 'SIGKILL')
    await first.kill()
    const acknowledged = first.lines.map((line) => JSON.parse(line) as { writer: number; number: number })
    const next = await start()
    expect(next.up.port).toBe(first.up.port)
    const rows = await query(next.up.url, (sql) => sql`select writer || '/' || number as key from written`)
    const kept = new Set(rows.map((row) => row.key))
    expect(acknowledged.length).toBeGreaterThanOrEqual(2000)
    expect(acknowledged.filter(({ writer, number }) => !kept.has(`${writer}/${number}`))).toEqual([])
    await next.stop()
  })

  test('a server killed alone comes back on its port while its users live', async () => {
    const one = await start()
    process.kill(postmaster() ?? 0, 'SIGKILL')
    await expect
      .poll(() => query(one.up.url, (sql) => sql`select 1`).catch(() => []), { timeout: 30_000 })
      .toHaveLength(1)
    await one.stop()
    expect(isRunning()).toBe(false)
  })

  test('a server that does not start any more is said once, and tried later each time', async () => {
    useMadeDatabase()
    const one = await start()
    const control = join(dataDir, 'postgres', 'global', 'pg_control')
    renameSync(control, `${control}.away`)
    process.kill(postmaster() ?? 0, 'SIGKILL')
    const tries = () =>
      readFileSync(join(dataDir, 'postgres.log'), 'utf8').split('could not open file').length - 1
    await expect.poll(tries, { timeout: 30_000 }).toBeGreaterThanOrEqual(3)
    const before = tries()
    await new Promise((done) => setTimeout(done, 3000))
    // Without a pause it would be one a second.
    expect(tries() - before).toBeLessThanOrEqual(1)
    expect(one.said.filter((line) => line.includes('had ended and does not start'))).toHaveLength(1)
    renameSync(`${control}.away`, control)
    await expect
      .poll(() => query(one.up.url, (sql) => sql`select 1`).catch(() => []), { timeout: 30_000 })
      .toHaveLength(1)
    await expect.poll(() => one.said).toContain('PostgreSQL had ended and is running again')
    await one.stop()
  }, 90_000)

  test('a server that somebody else has started meanwhile is left to serve', async () => {
    useMadeDatabase()
    const [one, two] = await Promise.all([start(), start()])
    process.kill(postmaster() ?? 0, 'SIGKILL')
    await expect
      .poll(() => query(one.up.url, (sql) => sql`select 1`).catch(() => []), { timeout: 30_000 })
      .toHaveLength(1)
    const pid = postmaster()
    await new Promise((done) => setTimeout(done, 3000))
    expect(postmaster()).toBe(pid)
    const started = () => [...one.said, ...two.said].filter((line) => line.includes('is running again'))
    await expect.poll(started).toHaveLength(1)
    await one.stop()
    expect(isRunning()).toBe(true)
    await two.stop()
  }, 60_000)

  test('a pid file whose number is somebody else’s by now stops nobody', async () => {
    const first = await start()
    const file = join(dataDir, 'postgres', 'postmaster.pid')
    const left = readFileSync(file, 'utf8')
    await first.stop()
    writeFileSync(file, left.replace(/^\d+/, String(process.pid)), { mode: 0o600 })
    const next = await start()
    expect(next.up.refused).toBeUndefined()
    await next.stop()
  })

  test('an empty pid file, as a full disk leaves it, stops nobody', async () => {
    writeFileSync(join(dataDir, 'postgres', 'postmaster.pid'), '', { mode: 0o600 })
    const next = await start()
    expect(next.up.refused).toBeUndefined()
    await next.stop()
  })

  test('a port taken meanwhile is exchanged', async () => {
    const port = Number(readFileSync(join(dataDir, 'database-port'), 'utf8'))
    const squatter = createServer().listen(port, '127.0.0.1')
    await once(squatter, 'listening')
    const next = await start()
    expect(next.up.port).not.toBe(port)
    await next.stop()
    squatter.close()
  })

  test('half a cluster, left by a killed first start, is swept away', async () => {
    rmSync(join(dataDir, 'postgres'), { recursive: true })
    const left = join(dataDir, 'postgres.new-gone')
    mkdirSync(left)
    await (await start()).stop()
    expect(existsSync(left)).toBe(false)
  })
})

describe('refused in a plain sentence, with nothing touched', () => {
  test('a file in the folder’s place', async () => {
    writeFileSync(dataDir, '')
    expect((await start()).up.refused).toMatch(/is a file, not a folder/)
    expect((await start({ dir: join(dataDir, 'below') })).up.refused).toMatch(/a part of this path is a file/)
  })

  test('a place where no folder can be made', async () => {
    const nowhere = process.platform === 'linux' ? '/proc/holdpoint' : '/dev/null/holdpoint'
    expect((await start({ dir: nowhere })).up.refused).toMatch(/cannot be used/)
  })

  test('a cluster of another PostgreSQL, and something that is none', async () => {
    useMadeDatabase()
    const other = join(folder, 'other')
    cpSync(join(dataDir, 'postgres'), join(other, 'postgres'), { recursive: true })
    writeFileSync(join(other, 'postgres', 'PG_VERSION'), '16\n')
    expect((await start({ dir: other })).up.refused).toMatch(/made by PostgreSQL 16, and this release brings/)
    rmSync(join(other, 'postgres', 'PG_VERSION'))
    const before = readdirSync(join(other, 'postgres'))
    expect((await start({ dir: other })).up.refused).toMatch(/no PostgreSQL database/)
    expect(readdirSync(join(other, 'postgres'))).toEqual(before)
  })

  test('a cluster whose password is lost', async () => {
    useMadeDatabase()
    rmSync(join(dataDir, 'database-admin-password'))
    expect((await start()).up.refused).toMatch(/database-admin-password is missing/)
    expect(existsSync(join(dataDir, 'postgres', 'PG_VERSION'))).toBe(true)
  })
})

describe.skipIf(!isRoot || !treeIsOpen)('as whom it runs, where the tests run as root', () => {
  test('root’s files stay root’s, in a folder closed to others', async () => {
    chmodSync(folder, 0o700)
    const one = await start()
    expect(statSync(join(dataDir, 'postgres')).uid).toBe(0)
    await one.stop()
  })

  test('without user namespaces another user runs it, now and later', async () => {
    const first = await start({ env: { PATH: '/nonexistent' } })
    expect(statSync(join(dataDir, 'postgres')).uid).not.toBe(0)
    await first.stop()
    const next = await start()
    expect(next.up.refused).toBeUndefined()
    await next.stop()
  })

  test('without either, a plain sentence', async () => {
    chmodSync(folder, 0o700)
    const { up } = await start({ env: { PATH: '/nonexistent' } })
    expect(up.refused).toMatch(/It refuses root\. Start as an ordinary user/)
  })

  test('an ordinary user, and root after that', async () => {
    chmodSync(folder, 0o777)
    await (await start({ user: nobody })).stop()
    expect(statSync(join(dataDir, 'postgres')).uid).toBe(nobody.uid)
    const next = await start()
    expect(next.up.refused).toBeUndefined()
    await next.stop()
    expect(statSync(join(dataDir, 'postgres')).uid).toBe(nobody.uid)
  })

  test('an ordinary user in a folder that is not theirs', async () => {
    const { up } = await start({ user: nobody, dir: '/usr/holdpoint-data' })
    expect(up.refused).toMatch(/this user may not write there/)
  })
})
