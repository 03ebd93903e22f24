import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startEmbedded, type EmbeddedDatabase } from '@/lib/embedded/embedded'
import { isAlive, markProcess } from '@/lib/embedded/processes/alive.mjs'
import { migrate } from '@/db/migrate'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { startRest, type Rest } from '@/lib/testing/rest'

let dataDir: string
let database: EmbeddedDatabase
let rest: Rest
let test: TestProject
const stray: unknown[] = []

beforeAll(async () => {
  // postgres.js can throw outside any promise when the server dies; npm start has the same guard.
  process.on('uncaughtException', (error) => stray.push(error))
  dataDir = mkdtempSync(path.join(tmpdir(), 'holdpoint-outage-'))
  database = await startEmbedded({ dataDir })
  await migrate(database.url)
  rest = await startRest({}, { url: database.url, drop: () => database.stop() })
  test = await makeTestProject(rest.db)
}, 60_000)

afterAll(async () => {
  await rest.close()
  rmSync(dataDir, { recursive: true, force: true })
}, 30_000)

/** The server's own processes, by the pid file of its cluster. */
function serverPids(): number[] {
  const files = execFileSync('find', [dataDir, '-name', 'postmaster.pid'], { encoding: 'utf8' })
    .trim()
    .split('\n')
  const postmaster = Number(readFileSync(files[0] ?? '', 'utf8').split('\n')[0])
  const children = execFileSync('ps', ['-o', 'pid=', '--ppid', String(postmaster)], { encoding: 'utf8' })
  return [postmaster, ...children.trim().split(/\s+/).map(Number)]
}

const ask = (tool: string, id: string) =>
  rest.call('POST', '/api/approvals', {
    token: test.agent.token,
    body: { agent: 'tester', tool, params: {}, tool_call_id: id },
    isSentOnce: true,
  })

describe('a database', () => {
  it('that is frozen: 503 with Retry-After within 5 s, and nothing runs', async () => {
    expect((await ask('free', 'before')).body.required).toBe(false)
    const pids = serverPids()
    for (const pid of pids) process.kill(pid, 'SIGSTOP')
    try {
      const begun = performance.now()
      const answers = await Promise.all([ask('free', 'f1'), ask('gated', 'f2'), ask('free', 'f3')])
      // A bound of the contract, not a measurement: the answer must come within 5 s.
      expect(performance.now() - begun).toBeLessThan(5000)
      for (const answer of answers) {
        expect(answer.status).toBe(503)
        expect(answer.headers.get('retry-after')).toBeTruthy()
        expect(answer.body.required).toBeUndefined()
      }
    } finally {
      for (const pid of pids) process.kill(pid, 'SIGCONT')
    }
    await expect.poll(async () => (await ask('free', 'f1')).status, { timeout: 20_000 }).toBe(200)
  }, 60_000)

  it('that is killed: acknowledged decisions are there when it is back, without a restart of ours', async () => {
    const { token } = await test.member('reviewer')
    const asked = await test.ask()
    const decided = await rest.call('POST', `/api/approvals/${asked.id}/decisions`, {
      token,
      body: { decision: 'approve' },
    })
    expect(decided.status).toBe(201)
    const killed = serverPids().map((pid) => markProcess(pid))
    process.kill(killed[0]?.pid ?? 0, 'SIGKILL')
    // its sessions live on for a moment, and would answer what is asked of the next
    await expect.poll(() => killed.filter(isAlive), { timeout: 10_000 }).toEqual([])
    const soon = { timeout: 25_000 }
    await expect
      .poll(async () => (await rest.call('GET', `/api/approvals/${asked.id}`, { token })).body.status, soon)
      .toBe('approved')
    await expect.poll(async () => (await ask('free', 'after')).body.required, soon).toBe(false)
    for (const error of stray)
      expect(String(error)).toMatch(/CONNECTION|ECONN|null \(reading 'write'\)|terminat/i)
  }, 60_000)
})
