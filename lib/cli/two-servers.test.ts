import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import { sealAudit } from '@/lib/audit/seal'
import { verifyAudit } from '@/lib/audit/verify'
import { openTestDatabase } from '@/lib/testing/open-database'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import type { Answer } from '@/lib/testing/rest'
import { callAny, startServer, type ServerProcess } from '@/lib/testing/server-processes'
import { startReceiver, until } from '@/lib/testing/webhook-receiver'

let db: Database
let databaseUrl: string
let close: () => Promise<void>
let a: ServerProcess
let b: ServerProcess
let test: TestProject
let reviewer: string
let agent: string

beforeAll(async () => {
  ;({ db, url: databaseUrl, close } = await openTestDatabase())
  test = await makeTestProject(db)
  reviewer = (await test.member('reviewer')).token
  agent = test.agent.token
  ;[a, b] = await Promise.all([start(), start()])
}, 60_000)

afterAll(async () => {
  await Promise.all([a?.kill(), b?.kill()])
  await close()
})

/** A test that failed may have left one of them ended. */
beforeEach(async () => {
  if (!a.isAlive()) a = await start(portOf(a))
  if (!b.isAlive()) b = await start(portOf(b))
})

const start = (port?: string) =>
  startServer(databaseUrl, { OUTBOUND_ALLOW: '127.0.0.0/8', ...(port === undefined ? {} : { PORT: port }) })
const portOf = (server: ServerProcess) => new URL(server.url).port

const asking = (id: string, wait = 0) => ({
  token: agent,
  body: { agent: 'tester', tool: 'gated', params: { id }, tool_call_id: id },
  ...(wait > 0 ? { headers: { Prefer: `wait=${wait}` } } : {}),
})
const approving = () => ({ token: reviewer, body: { decision: 'approve' } })
const deciding = (id: string) => `/api/approvals/${id}/decisions`

async function pendingOf(id: string): Promise<string> {
  let found: string | undefined
  await until(async () => {
    const [row] = await db.execute<{ id: string }>(sql`
      select a.id from approvals a join tool_calls c on c.id = a.call_id where c.tool_call_id = ${id}`)
    found = row?.id
    return found !== undefined
  })
  return found ?? ''
}

describe('two servers over one database', () => {
  it('wake each other: asked on one, decided on the other', async () => {
    const took: number[] = []
    for (let round = 0; round < 40; round++) {
      const { body } = await a.call('POST', '/api/approvals', asking(`wake-${round}`))
      const id = String(body.id)
      const wait = a
        .call('GET', `/api/approvals/${id}`, { token: agent, headers: { Prefer: 'wait=30' } })
        .then((answer) => ({ answer, at: performance.now() }))
      // The wait has to be there: what it finds decided at once would measure nothing.
      await new Promise((done) => setTimeout(done, 40))
      expect((await b.call('POST', deciding(id), approving())).status).toBe(201)
      const decided = performance.now()
      const { answer, at } = await wait
      expect(answer.body.status).toBe('approved')
      took.push(Math.max(0, at - decided))
    }
    took.sort((x, y) => x - y)
    const median = took[took.length / 2] ?? Infinity
    console.log(
      `decision on one server → waiter on the other: median ${median.toFixed(1)} ms, worst ${took.at(-1)?.toFixed(1)} ms`,
    )
    // Far sooner than the poll that heals a lost signal, which comes once a second.
    expect(median).toBeLessThan(250)
  }, 60_000)

  it('both answer who waits for the same approval', async () => {
    const { body } = await a.call('POST', '/api/approvals', asking('both'))
    const id = String(body.id)
    const waits = [a, b, a, b].map((server) =>
      server.call('GET', `/api/approvals/${id}`, { token: agent, headers: { Prefer: 'wait=30' } }),
    )
    await new Promise((done) => setTimeout(done, 100))
    await a.call('POST', deciding(id), { token: reviewer, body: { decision: 'reject', reason: 'no' } })
    for (const { body: seen } of await Promise.all(waits)) expect(seen.status).toBe('rejected')
  })

  it('take one decision of two at the same moment', async () => {
    const { body } = await a.call('POST', '/api/approvals', asking('race'))
    const other = (await test.member('reviewer')).token
    const answers = await Promise.all([
      a.call('POST', deciding(String(body.id)), approving()),
      b.call('POST', deciding(String(body.id)), { token: other, body: { decision: 'reject', reason: 'no' } }),
    ])
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, 409])
  })

  it('go on with each other’s lists and streams', async () => {
    await Promise.all(['p1', 'p2', 'p3'].map((id) => a.call('POST', '/api/approvals', asking(id))))
    const first = await a.call('GET', '/api/approvals?limit=2', { token: agent })
    const next = await b.call('GET', `/api/approvals?limit=2&cursor=${String(first.body.next_cursor)}`, {
      token: agent,
    })
    expect(next.status).toBe(200)
    const ids = [...(first.body.items ?? []), ...(next.body.items ?? [])].map((item) => item.id)
    expect(new Set(ids).size).toBe(4)

    const onA = await openStream(a)
    const asked = await b.call('POST', '/api/approvals', asking('streamed'))
    const seen = await onA.read(String(asked.body.id))
    onA.hangUp()
    await a.call('POST', deciding(String(asked.body.id)), approving())
    const onB = await openStream(b, seen.id)
    expect(await onB.read(String(asked.body.id))).toMatchObject({ event: 'approval.decided' })
    onB.hangUp()
  })

  it('one killed: who waited there learns the decision from the other', async () => {
    const id = 'orphan'
    const servers = () => [a, b]
    const wait = callAny(servers, 'POST', '/api/approvals', asking(id, 30))
    const approval = await pendingOf(id)
    await a.kill()
    expect((await b.call('POST', deciding(approval), approving())).status).toBe(201)
    const { body } = await wait
    expect([body.id, body.status]).toEqual([approval, 'approved'])
    a = await start(portOf(a))
  }, 60_000)

  it('one killed: the other does its jobs', async () => {
    const receiver = await startReceiver()
    receiver.answer('hang')
    await b.stop()
    const admin = (await test.member('admin')).token
    const hook = { name: 'Ops', format: 'standard', url: receiver.url, events: ['approval.requested'] }
    const made = await a.call('POST', '/api/webhooks', { token: admin, body: hook })
    expect(made.status).toBe(201)
    const { body: asked } = await a.call('POST', '/api/approvals', asking('delivered'))
    // what a server that was killed before had begun to tell may be told now, too
    const ofIt = () => receiver.received.filter(({ body }) => body.includes(String(asked.id)))
    await until(() => ofIt().length === 1)
    await a.kill()
    receiver.answer(200)
    // As if the dead process had begun it half a minute ago, which is when its jobs count as nobody's.
    await db.execute(sql`update graphile_worker._private_jobs
      set locked_at = locked_at - interval '40 s' where locked_at is not null`)
    ;[a, b] = await Promise.all([start(portOf(a)), start(portOf(b))])
    await until(() => ofIt().length === 2, 40_000)
    const [one, two] = ofIt()
    expect(two?.headers['webhook-id']).toBe(one?.headers['webhook-id'])
    await a.call('DELETE', `/api/webhooks/${String(made.body.id)}`, { token: admin })
    await receiver.close()
  }, 90_000)

  it('rolled one after the other under load: nothing lost, nothing twice', async () => {
    const load = startLoad(() => [a, b])
    await until(() => load.released.length > 10)
    expect(await a.stop()).toBe(0)
    a = await start(portOf(a))
    await until(() => load.released.length > 30)
    expect(await b.stop()).toBe(0)
    b = await start(portOf(b))
    const before = load.released.length
    await until(() => load.released.length > before + 20)
    await load.end()

    expect(load.wrongs).toEqual([])
    expect(new Set(load.released).size).toBe(load.released.length)
    const [row] = await db.execute<Record<'decided' | 'twice' | 'unaudited', number>>(sql`
      with acknowledged as (select unnest(${`{${load.decided.join(',')}}`}::text[]) as id),
        audited as (select target_id as id, action, count(*) as times from audit_entries
          where action in ('approval.approved', 'approval.claimed') group by 1, 2)
      select (select count(*)::int from decisions d join acknowledged k on k.id = d.approval_id
          where d.decision = 'approve') as decided,
        (select count(*)::int from audited where times > 1) as twice,
        (select count(*)::int from acknowledged k where not exists (
          select 1 from audited x where x.id = k.id and x.action = 'approval.approved')) as unaudited`)
    expect(row).toEqual({ decided: load.decided.length, twice: 0, unaudited: 0 })
    await until(async () => {
      const [open] = await db.execute<{ count: number }>(
        sql`select count(*)::int as count from audit_entries where seq is null`,
      )
      return open?.count === 0
    })
    await sealAudit(db)
    expect(await verifyAudit(db, test.project.id)).toMatchObject({ ok: true })
  }, 120_000)
})

type Load = {
  decided: string[]
  released: string[]
  wrongs: string[]
  end(): Promise<void>
}

/** Agents that ask, wait and claim, and a person who decides, all of whom try again where a connection is lost. */
function startLoad(servers: () => ServerProcess[]): Load {
  let isEnding = false
  const load: Load = { decided: [], released: [], wrongs: [], end: () => Promise.resolve() }
  const anyone = (method: string, path: string, options: object) => callAny(servers, method, path, options)
  const waitFor = async (id: string): Promise<Answer> => {
    const wait = { token: agent, headers: { Prefer: 'wait=20' } }
    const seen = await anyone('GET', `/api/approvals/${id}`, wait)
    // A server that ends answers its waiters with the state as it is; they ask on.
    return seen.body.status === 'pending' && !isEnding ? waitFor(id) : seen
  }
  const live = async (worker: number) => {
    for (let n = 0; !isEnding; n++) {
      const call = `load-${worker}-${n}`
      const { body: asked } = await anyone('POST', '/api/approvals', asking(call))
      const id = String(asked.id)
      const wait = waitFor(id)
      const decided = await anyone('POST', deciding(id), approving())
      // A repeated try may meet its own first one, whose answer was lost on the way.
      if (decided.status === 201) load.decided.push(id)
      else if (decided.status !== 409) load.wrongs.push(`decide ${decided.status} ${decided.text}`)
      const { body: seen } = await wait
      if (seen.status !== 'approved') load.wrongs.push(`${id} waited for ${String(seen.status)}`)
      const claim = { token: agent, body: { tool: 'gated', params: { id: call } } }
      const claimed = await anyone('POST', `/api/approvals/${id}/claim`, claim)
      if (claimed.status === 200) load.released.push(id)
      else if (claimed.body.code !== 'already_claimed') load.wrongs.push(`claim ${claimed.text}`)
    }
  }
  const lives = [0, 1, 2, 3].map(live)
  load.end = async () => {
    isEnding = true
    await Promise.all(lives)
  }
  return load
}

type StreamEvent = { id: string; event: string; data: string }

async function openStream(server: ServerProcess, lastEventId?: string) {
  const hangUp = new AbortController()
  const response = await fetch(`${server.url}/api/approvals/stream`, {
    headers: {
      Authorization: `Bearer ${agent}`,
      ...(lastEventId === undefined ? {} : { 'Last-Event-ID': lastEventId }),
    },
    signal: hangUp.signal,
  })
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  let got = ''
  /** The next event that names this approval. */
  const read = async (approvalId: string): Promise<StreamEvent> => {
    for (;;) {
      for (const block of got.split('\n\n').slice(0, -1)) {
        got = got.slice(block.length + 2)
        if (!block.includes(approvalId)) continue
        const [, id = '', event = '', data = ''] = /^id: (.*)\nevent: (.*)\ndata: (.*)$/.exec(block) ?? []
        return { id, event, data }
      }
      const { done, value } = (await reader?.read()) ?? { done: true, value: undefined }
      if (done) throw new Error('The stream ended.')
      got += value
    }
  }
  await until(async () => {
    if (!got.includes(': here')) got += (await reader?.read())?.value ?? ''
    return got.includes(': here')
  })
  return { read, hangUp: () => hangUp.abort() }
}
