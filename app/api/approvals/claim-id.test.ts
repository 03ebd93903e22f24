import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { startRest, type Rest } from '@/lib/testing/rest'
import { startReceiver, type Receiver } from '@/lib/testing/webhook-receiver'

let rest: Rest
let test: TestProject
let receiver: Receiver
let agent: string
let owner: string

beforeAll(async () => {
  rest = await startRest({ OUTBOUND_ALLOW: '127.0.0.0/8', LOG_LEVEL: 'debug' })
  receiver = await startReceiver()
  test = await makeTestProject(rest.db)
  agent = test.agent.token
  owner = (await test.member('owner')).token
})
afterAll(async () => {
  await rest.close()
  await receiver.close()
})

const call = { tool: 'gated', params: { n: 1 } }
const post = (path: string, body: Record<string, unknown>, token = agent) =>
  rest.call('POST', `/api${path}`, { token, body })

async function approved() {
  const { body } = await post('/approvals', { agent: 'tester', ...call })
  await post(`/approvals/${body.id as string}/decisions`, { decision: 'approve' }, owner)
  return body as { id: string; run_id: string; tool_call_id: string }
}

describe('claim_id', () => {
  it('claims once, and says of the second answer that it is the first one', async () => {
    const { id } = await approved()
    const claim = () => post(`/approvals/${id}/claim`, { ...call, claim_id: 'mine' })
    const [first, again] = [await claim(), await claim()]
    expect([first.status, again.status]).toEqual([200, 200])
    expect([first, again].map(({ headers }) => headers.get('idempotency-replayed'))).toEqual([null, 'true'])
    expect(again.body).toEqual(first.body)
    const other = await post(`/approvals/${id}/claim`, { ...call, claim_id: 'other' })
    expect([other.status, other.body.code]).toEqual([409, 'already_claimed'])
  })

  it('claims with the ask that is held, in three requests from the question to the result', async () => {
    const ask = (claimId: string, wait: number) =>
      rest.call('POST', '/api/approvals', {
        token: agent,
        body: { agent: 'tester', ...call, tool_call_id: 'three', claim_id: claimId },
        headers: { Prefer: `wait=${wait}` },
      })
    const asking = ask('mine', 20)
    let id: unknown
    await expect
      .poll(async () => {
        const found = await rest.call('GET', '/api/approvals?tool_call_id=three', { token: owner })
        return (id = found.body.items?.[0]?.id)
      })
      .toBeDefined()
    await post(`/approvals/${id as string}/decisions`, { decision: 'approve' }, owner)
    const { status, body, headers } = await asking
    expect([status, headers.get('preference-applied')]).toEqual([201, 'wait=20'])
    expect(body).toMatchObject({ id, claimed_at: expect.any(String), next: { action: 'execute' } })
    const again = await ask('mine', 0)
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([200, 'true'])
    expect(again.body).toEqual({ ...body, replayed: true })
    expect((await ask('other', 0)).body).toMatchObject({ id, next: { action: 'done' } })
    const result = `/runs/${body.run_id as string}/tool-calls/three/result`
    expect((await post(result, { status: 'succeeded' })).status).toBe(200)
    const audit = await rest.call('GET', `/api/audit?target=${id as string}`, { token: owner })
    expect(audit.body.items?.map(({ action }) => action)).toEqual(['approval.claimed', 'approval.approved'])
  })

  it.each([[''], ['a b'], ['é'], ['..'], ['x'.repeat(129)], [7]])('may not be %j', async (claimId) => {
    const { id } = await approved()
    const { status, body } = await post(`/approvals/${id}/claim`, { ...call, claim_id: claimId })
    expect([status, body.code, body.errors]).toMatchObject([422, 'invalid_input', [{ pointer: '/claim_id' }]])
  })

  it('may have 128 characters, and be null, which is absent', async () => {
    for (const claimId of ['x'.repeat(128), null]) {
      const { id } = await approved()
      expect((await post(`/approvals/${id}/claim`, { ...call, claim_id: claimId })).status).toBe(200)
    }
  })

  it('is told to nobody, like start_id: no answer, log, table, audit entry or webhook holds it', async () => {
    const secret = 'claim-id-that-nobody-is-told'
    const said: string[] = []
    for (const stream of [process.stdout, process.stderr])
      vi.spyOn(stream, 'write').mockImplementation((text) => (said.push(String(text)), true))
    const sent: string[] = []
    const send = async (path: string, body: Record<string, unknown>, token?: string) => {
      const answer = await post(path, body, token)
      sent.push(answer.text, JSON.stringify([...answer.headers]))
      return answer
    }
    await post('/webhooks', { format: 'standard', url: receiver.url }, owner)
    const asked = await approved()
    const claim = `/approvals/${asked.id}/claim`
    await send(claim, { ...call, claim_id: secret })
    await send(claim, { ...call, claim_id: secret })
    await send(claim, { ...call, params: { n: 2 }, claim_id: secret })
    await send(claim, { ...call, claim_id: `${secret} ` })
    await send(claim, { ...call, claim_id: secret, and: 1 })
    await send(claim, { ...call, claim_id: secret }, owner)
    const again = { run_id: asked.run_id, tool_call_id: asked.tool_call_id, ...call }
    await send('/approvals', { ...again, claim_id: secret })
    for (const startId of [undefined, secret, secret, `${secret} `])
      await send('/approvals', {
        run_id: asked.run_id,
        tool: 'free',
        params: {},
        tool_call_id: 'c',
        start_id: startId,
      })
    await send(`/runs/${asked.run_id}/tool-calls/${asked.tool_call_id}/result`, { status: 'succeeded' })
    await send(claim, { ...call, claim_id: secret })
    for (const path of ['', `/${asked.id}`]) {
      const { text } = await rest.call('GET', `/api/approvals${path}`, { token: agent })
      sent.push(text)
    }
    for (const path of [`/runs/${asked.run_id}`, '/audit'])
      sent.push((await rest.call('GET', `/api${path}`, { token: owner })).text)
    await expect.poll(() => receiver.received.length).toBeGreaterThan(1)
    vi.restoreAllMocks()
    const tables = await rest.db.execute<{ name: string }>(sql`
      select format('%I.%I', table_schema, table_name) as name from information_schema.tables
      where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`)
    expect(tables.length).toBeGreaterThan(30)
    for (const { name } of tables) {
      const rows = await rest.db.execute(sql`
        select 1 from ${sql.raw(name)} t where t::text like ${`%${secret}%`}`)
      expect([name, rows.length]).toEqual([name, 0])
    }
    const told = [...sent, ...said, ...receiver.received.map(({ body }) => body)]
    expect(told.length).toBeGreaterThan(14)
    expect(told.filter((text) => text.includes(secret))).toEqual([])
  })
})
