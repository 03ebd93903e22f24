import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '@/db/client'
import { openSql } from '@/db/drivers'
import { attachEmbedded } from '@/lib/embedded/embedded'
import { makeTestProject } from './project'
import { call, type Answer, type CallOptions } from './rest'
import { startServer, type ServerProcess } from './server-processes'
import { startReceiver, type Receiver } from './webhook-receiver'

/** How PostgreSQL is ended: it closes its sessions, drops them, or vanishes. */
export const ways = { fast: 'SIGINT', immediate: 'SIGQUIT', kill: 'SIGKILL' } as const
export type Way = keyof typeof ways

/**
 * Milliseconds from the signal until PostgreSQL took connections again, until an ask was answered 2xx, and until a
 * notice of one asked since was received.
 */
export type Recovery = { way: Way; backMs: number; askedMs: number; noticedMs: number }

export type RestartRun = {
  recoveries: Recovery[]
  /** Answers of the load while it ran; none is an error of ours. */
  answers: Record<string, number>
  isAlive: boolean
  said: string
}

const patienceMs = 30_000
const restMs = 4000

/**
 * Ends the embedded PostgreSQL of one serving process again and again, under load with deliveries in flight.
 * @param inTurn how it is ended each time
 * @param log told of each recovery
 */
export async function runRestarts(inTurn: Way[], log: (line: string) => void): Promise<RestartRun> {
  const dataDir = mkdtempSync(join(tmpdir(), 'holdpoint-restarts-'))
  const server = await startServer(undefined, {
    DATA_DIR: dataDir,
    OUTBOUND_ALLOW: '127.0.0.0/8',
    MAX_PENDING_PER_AGENT: '0',
  })
  const receiver = await startReceiver()
  // Slow enough that some are always under way.
  receiver.answer({ status: 200, afterMs: 200 })
  const recoveries: Recovery[] = []
  try {
    // Two projects, for deliveries of one webhook wait for each other: what is measured is not behind the load's.
    const { loaded, measured, databaseUrl } = await prepare(dataDir, server, receiver)
    const load = startLoad(server, loaded)
    for (const way of inTurn) {
      await new Promise((done) => setTimeout(done, restMs))
      const recovery = await endDatabase(way, {
        dataDir,
        databaseUrl,
        server,
        receiver,
        agent: measured.agent,
      })
      recoveries.push(recovery)
      log(
        `${way}: PostgreSQL back after ${recovery.backMs} ms, asked ${recovery.askedMs}, noticed ${recovery.noticedMs}`,
      )
    }
    await load.end()
    return { recoveries, answers: load.answers, isAlive: server.isAlive(), said: server.said() }
  } catch (error) {
    throw new Error(
      `${String(error)}\nasked ${asked}, noticed ${receiver.received.length}\nalive: ${server.isAlive()}\n${server.said().slice(-4000)}`,
    )
  } finally {
    await server.stop()
    await receiver.close()
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  }
}

type Tokens = { agent: string; reviewer: string }

async function prepare(dataDir: string, server: ServerProcess, receiver: Receiver) {
  const embedded = await attachEmbedded(dataDir)
  const { db, close } = openDatabase(embedded.url, 2)
  const makeProject = async (): Promise<Tokens> => {
    const test = await makeTestProject(db)
    const admin = (await test.member('admin')).token
    const hook = { name: 'Ops', format: 'standard', url: receiver.url, events: ['approval.requested'] }
    const made = await server.call('POST', '/api/webhooks', { token: admin, body: hook })
    if (made.status !== 201) throw new Error(`The webhook was not made: ${made.text}`)
    return { agent: test.agent.token, reviewer: (await test.member('reviewer')).token }
  }
  try {
    return { loaded: await makeProject(), measured: await makeProject(), databaseUrl: embedded.url }
  } finally {
    await close()
    await embedded.stop()
  }
}

let asked = 0

function asking(agent: string, wait = 0): CallOptions {
  const id = `restart-${++asked}`
  return {
    token: agent,
    body: { agent: 'tester', tool: 'gated', params: { id }, tool_call_id: id },
    ...(wait > 0 ? { headers: { Prefer: `wait=${wait}` } } : {}),
  }
}

/** Agents that ask, wait and claim, and a reviewer who decides; none tries a call again. */
function startLoad(server: ServerProcess, { agent, reviewer }: Tokens) {
  let isEnding = false
  const answers: Record<string, number> = {}
  const count = (what: string) => (answers[what] = (answers[what] ?? 0) + 1)
  const tell = async (method: string, path: string, options: CallOptions): Promise<Answer | undefined> => {
    try {
      const answer = await call(server.url, method, path, options)
      count(String(answer.status))
      if (answer.status >= 500) await new Promise((done) => setTimeout(done, 50))
      return answer
    } catch {
      count('no answer')
      await new Promise((done) => setTimeout(done, 200))
      return undefined
    }
  }
  const live = async () => {
    while (!isEnding) {
      await new Promise((done) => setTimeout(done, 300))
      const ask = asking(agent)
      const id = (await tell('POST', '/api/approvals', ask))?.body.id
      if (typeof id !== 'string') continue
      const wait = tell('GET', `/api/approvals/${id}`, { token: agent, headers: { Prefer: 'wait=2' } })
      await tell('POST', `/api/approvals/${id}/decisions`, { token: reviewer, body: { decision: 'approve' } })
      await wait
      const { params } = ask.body as { params: object }
      await tell('POST', `/api/approvals/${id}/claim`, { token: agent, body: { tool: 'gated', params } })
    }
  }
  const lives = [0, 1, 2, 3].map(live)
  const end = async () => {
    isEnding = true
    await Promise.all(lives)
  }
  return { answers, end }
}

type Place = {
  dataDir: string
  databaseUrl: string
  server: ServerProcess
  receiver: Receiver
  agent: string
}

async function endDatabase(
  way: Way,
  { dataDir, databaseUrl, server, receiver, agent }: Place,
): Promise<Recovery> {
  const pidFile = join(dataDir, 'postgres', 'postmaster.pid')
  const pid = () => readFileSync(pidFile, 'utf8').split('\n')[0]
  const before = pid()
  const begun = performance.now()
  process.kill(Number(before), ways[way])
  const within = async <T>(what: string, find: () => Promise<T | undefined> | T | undefined): Promise<T> => {
    for (;;) {
      const found = await find()
      if (found !== undefined) return found
      if (!server.isAlive()) throw new Error(`The server ended at ${way}.`)
      if (performance.now() - begun > patienceMs) throw new Error(`${what} took too long at ${way}.`)
      await new Promise((done) => setTimeout(done, 50))
    }
  }
  // What the old server still answers, as it closes, is no recovery.
  await within('the end of PostgreSQL', () => (isNew() ? true : undefined))
  function isNew(): boolean {
    try {
      return pid() !== before
    } catch {
      return true
    }
  }
  const back = within('PostgreSQL', async () =>
    (await answers(databaseUrl)) ? performance.now() : undefined,
  )
  const id = await within('an ask', async () => {
    const answer = await server.call('POST', '/api/approvals', asking(agent)).catch(() => undefined)
    return answer?.status === 201 || answer?.status === 200 ? String(answer.body.id) : undefined
  })
  const askedMs = Math.round(performance.now() - begun)
  await within('a notice', () => receiver.received.find(({ body }) => body.includes(id)))
  const noticedMs = Math.round(performance.now() - begun)
  return { way, backMs: Math.round((await back) - begun), askedMs, noticedMs }
}

async function answers(databaseUrl: string): Promise<boolean> {
  const sql = openSql(databaseUrl, { max: 1, name: 'test' })
  try {
    await sql.unsafe('select 1')
    return true
  } catch {
    return false
  } finally {
    await sql.end({ timeout: 1 })
  }
}
