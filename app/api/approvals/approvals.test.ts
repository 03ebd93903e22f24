import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { startRest, type Answer, type Rest } from '@/lib/testing/rest'
import { countWaits } from '@/lib/wake/room'

let rest: Rest
let test: TestProject
let agent: string
let owner: string

beforeAll(async () => {
  rest = await startRest({ MAX_WAITS_PER_KEY: '3', MAX_PENDING_PER_AGENT: '1000' })
  test = await makeTestProject(rest.db)
  agent = test.agent.token
  owner = (await test.member('owner')).token
})
afterAll(() => rest.close())

const ask = (body: Record<string, unknown>, headers: Record<string, string> = {}) =>
  rest.call('POST', '/api/approvals', { token: agent, body, headers })
const gated = { agent: 'tester', tool: 'gated', params: { order_id: 'ORD-1', amount: 2400 } }
const decide = (id: unknown, body: Record<string, unknown>, token = owner) =>
  rest.call('POST', `/api/approvals/${id}/decisions`, { token, body })
const codeOf = (answer: Answer) => `${answer.status} ${answer.body.code as string}`

describe('POST /api/approvals refuses', () => {
  it.each([
    ['no credential', {}, undefined, 'unauthenticated', 401],
    ['a broken credential', {}, 'hpa_nope', 'unauthenticated', 401],
  ])('%s', async (_name, body, token, code, status) => {
    const answer = await rest.call('POST', '/api/approvals', {
      body,
      ...(token === undefined ? {} : { token }),
    })
    expect(codeOf(answer)).toBe(`${status} ${code}`)
    expect(answer.headers.get('www-authenticate')).toContain('Bearer')
    expect(answer.headers.get('content-type')).toContain('application/problem+json')
    expect(answer.body.request_id).toBe(answer.headers.get('x-request-id'))
  })

  it.each<[string, unknown, string]>([
    ['broken JSON', '{"agent":', '400 malformed_body'],
    ['invalid UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d]), '400 malformed_body'],
    ['a duplicate key', '{"agent":"tester","tool":"gated","params":{"a":1,"a":2}}', '400 malformed_body'],
    ['__proto__', '{"agent":"tester","tool":"gated","params":{"__proto__":1}}', '400 malformed_body'],
    [
      'a decimal that would change',
      '{"agent":"tester","tool":"gated","params":{"a":1000.0000000000000001}}',
      '400 malformed_body',
    ],
    ['an escaped NUL', '{"agent":"tester","tool":"gated","params":{"a":"\\u0000"}}', '400 malformed_body'],
    ['an unknown field', { ...gated, approved: true }, '422 unknown_field'],
    ['params that are a list', { ...gated, params: [] }, '422 invalid_input'],
    ['params missing', { agent: 'tester', tool: 'gated' }, '422 invalid_input'],
    ['a list as body', [], '422 invalid_input'],
    ['neither agent nor run', { tool: 'gated', params: {} }, '422 invalid_input'],
    ['a tool name with a blank', { ...gated, tool: 'ga ted' }, '400 invalid_tool_name'],
    ['an empty tool name', { ...gated, tool: '' }, '400 invalid_tool_name'],
    ['an agent that was never deployed', { ...gated, agent: 'nobody' }, '422 agent_not_deployed'],
    [
      'a run of nobody',
      { run_id: 'run_00000000000000000000000000', tool: 'gated', params: {} },
      '404 not_found',
    ],
  ])('%s', async (_name, body, expected) => {
    expect(codeOf(await rest.call('POST', '/api/approvals', { token: agent, body }))).toBe(expected)
  })

  it('depth over 64 and takes 64, counted from params inwards', async () => {
    const nested = (depth: number) =>
      `{"agent":"tester","tool":"free","params":{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}}`
    expect((await rest.call('POST', '/api/approvals', { token: agent, body: nested(64) })).status).toBe(200)
    expect(codeOf(await rest.call('POST', '/api/approvals', { token: agent, body: nested(65) }))).toBe(
      '400 too_deep',
    )
  })

  it('a wrong content type and a body over 256 kB', async () => {
    const text = { 'Content-Type': 'text/plain' }
    expect(
      codeOf(await rest.call('POST', '/api/approvals', { token: agent, body: '{}', headers: text })),
    ).toBe('415 unsupported_media_type')
    const big = JSON.stringify({
      ...gated,
      params: { a: Array.from({ length: 5 }, () => 'x'.repeat(60_000)) },
    })
    expect(codeOf(await rest.call('POST', '/api/approvals', { token: agent, body: big }))).toBe(
      '413 body_too_large',
    )
  })

  it('members, owners too', async () => {
    expect(codeOf(await rest.call('POST', '/api/approvals', { token: owner, body: gated }))).toBe(
      '403 agent_key_required',
    )
  })

  it('keys without the scope', async () => {
    const { token } = await test.key(['read'])
    expect(codeOf(await rest.call('POST', '/api/approvals', { token, body: gated }))).toBe('403 forbidden')
  })

  it('other methods, with Allow, and unknown addresses', async () => {
    const answer = await rest.call('DELETE', '/api/approvals', { token: agent })
    expect(codeOf(answer)).toBe('405 method_not_allowed')
    expect(answer.headers.get('allow')).toBe('GET, POST')
    expect(codeOf(await rest.call('GET', '/api/nothing', { token: agent }))).toBe('404 not_found')
    const { id } = test.agent.actor
    const odd = await rest.call('OPTIONS', `/api/keys/${id}`, { token: owner })
    expect([codeOf(odd), odd.headers.get('allow')]).toEqual(['405 method_not_allowed', 'GET, DELETE'])
    expect((await rest.call('GET', '/api/approvals', { token: agent })).status).toBe(200)
  })
})

describe('POST /api/approvals', () => {
  it('lets pass what no rule demands', async () => {
    const answer = await ask({ ...gated, tool: 'free' })
    expect(answer.status).toBe(200)
    expect(answer.body).toEqual({
      required: false,
      run_id: expect.stringMatching(/^run_/),
      tool_call_id: expect.any(String),
      policy_version: 1,
      next: { action: 'execute', message: expect.any(String) },
      replayed: false,
      call: { status: 'running', output: null, error: null },
    })
  })

  it('holds what a rule demands or cannot tell', async () => {
    const held = await ask(gated)
    expect(held.status).toBe(201)
    expect(held.body).toMatchObject({
      required: true,
      status: 'pending',
      agent: 'tester',
      params: gated.params,
      digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      message: 'Somebody has to look.',
      rule: { tool: 'gated', condition: null, outcome: 'always' },
      on_rejection: 'fail',
      decided_at: null,
      decision: null,
      wait_ms: null,
      claimed_at: null,
      next: { action: 'wait' },
      url: expect.stringContaining('http://localhost:3000/'),
    })
    const lifetime = Date.parse(held.body.expires_at as string) - Date.parse(held.body.requested_at as string)
    expect(lifetime).toBe(3_600_000)
    expect((await ask({ ...gated, tool: 'refund', params: { amount: 129 } })).body.required).toBe(false)
    const fired = await ask({ ...gated, tool: 'refund' })
    expect(fired.body.rule).toMatchObject({ condition: 'param.amount > 1000', outcome: 'true' })
    const unclear = await ask({ ...gated, tool: 'refund', params: { amount: '2400' } })
    expect(unclear.body.rule).toMatchObject({ outcome: 'unevaluable', detail: expect.any(String) })
    const run = await rest.call('GET', `/api/runs/${held.body.run_id}`, { token: agent })
    expect(run.body).toMatchObject({
      status: 'awaiting_approval',
      steps: [{ kind: 'tool', status: 'awaiting_approval' }],
    })
  })

  it('answers the same tool_call_id alike, within the agent and within the run', async () => {
    const first = await ask({ ...gated, tool_call_id: 'c-1' })
    const again = await ask({ ...gated, tool_call_id: 'c-1' })
    expect([first.status, again.status]).toEqual([201, 200])
    expect(again.headers.get('idempotency-replayed')).toBe('true')
    expect(again.body.id).toBe(first.body.id)
    const inRun = await ask({
      run_id: first.body.run_id,
      tool: 'gated',
      params: gated.params,
      tool_call_id: 'c-1',
    })
    expect(inRun.body.id).toBe(first.body.id)
    expect(codeOf(await ask({ ...gated, params: { x: 1 }, tool_call_id: 'c-1' }))).toBe(
      '409 idempotency_mismatch',
    )
    expect(codeOf(await ask({ ...gated, tool: 'soft', tool_call_id: 'c-1' }))).toBe(
      '409 idempotency_mismatch',
    )
    const free = await ask({ ...gated, tool: 'free', tool_call_id: 'c-2' })
    const freeAgain = await ask({ ...gated, tool: 'free', tool_call_id: 'c-2' })
    const same = { required: false, run_id: free.body.run_id, tool_call_id: 'c-2', policy_version: 1 }
    expect([free.body, freeAgain.body]).toMatchObject([
      { ...same, replayed: false },
      { ...same, replayed: true },
    ])
    expect(freeAgain.headers.get('idempotency-replayed')).toBe('true')
  })

  it('of 20 first tries at once makes one approval and one run', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => ask({ ...gated, tool_call_id: 'burst' })),
    )
    expect(answers.filter((answer) => answer.status === 201)).toHaveLength(1)
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(19)
    expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1)
    expect(new Set(answers.map((answer) => answer.body.run_id)).size).toBe(1)
  })

  it('keeps an answer whatever is deployed later', async () => {
    const name = 'changing'
    const deploy = (config: string) =>
      rest.call('PUT', `/api/agents/${name}`, {
        token: agent,
        body: config,
        headers: { 'Content-Type': 'application/yaml' },
      })
    expect((await deploy('approval:\n  tools: []\n')).status).toBe(201)
    const call = { agent: name, tool: 'gated', params: {}, tool_call_id: 'k' }
    expect((await ask(call)).body).toMatchObject({ required: false, policy_version: 1 })
    expect((await deploy('approval:\n  tools: [gated]\n')).body.version).toBe(2)
    expect((await ask(call)).body).toMatchObject({ required: false, policy_version: 1 })
    expect((await ask({ ...call, tool_call_id: 'l' })).body).toMatchObject({
      required: true,
      policy_version: 2,
    })
  })

  it('keeps within the cap of pending approvals, also in a burst', async () => {
    const capped = await makeTestProject(rest.db)
    const name = 'tester'
    await rest.db.execute(sql`select 1`)
    const answers = await Promise.all(
      Array.from({ length: 12 }, () =>
        import('@/lib/approvals/ask').then(({ askApproval }) =>
          askApproval(
            { ...capped.agent, limits: { maxPendingPerAgent: 5 } },
            { agent: name, tool: 'gated', params: {}, source: { params: '{}' } },
          ).then(
            () => 'held',
            (error: { code: string }) => error.code,
          ),
        ),
      ),
    )
    expect(answers.filter((answer) => answer === 'held')).toHaveLength(5)
    expect(answers.filter((answer) => answer === 'too_many_pending')).toHaveLength(7)
  })
})

describe('waiting', () => {
  it('ends when somebody decides, within the asking and the reading call', async () => {
    const { body } = await ask({ ...gated, tool_call_id: 'wait-1' })
    const asking = ask({ ...gated, tool_call_id: 'wait-1' }, { Prefer: 'wait=20' })
    const reading = rest.call('GET', `/api/approvals/${body.id}`, {
      token: owner,
      headers: { Prefer: 'wait=20' },
    })
    await expect.poll(() => countWaits(rest.db)).toBe(2)
    const begun = performance.now()
    expect((await decide(body.id, { decision: 'approve' })).status).toBe(201)
    const [asked, read] = await Promise.all([asking, reading])
    // not as their time is up
    expect(performance.now() - begun).toBeLessThan(15_000)
    expect([asked.body.status, read.body.status]).toEqual(['approved', 'approved'])
    expect(asked.headers.get('preference-applied')).toBe('wait=20')
  })

  it('answers the current state when the time is up, and ignores what it cannot use', async () => {
    const { body } = await ask(gated)
    const path = `/api/approvals/${body.id}`
    const short = await rest.call('GET', path, { token: agent, headers: { Prefer: 'respond-async, wait=1' } })
    expect(short.body.status).toBe('pending')
    expect(short.headers.get('preference-applied')).toBe('wait=1')
    const odd = await rest.call('GET', path, { token: agent, headers: { Prefer: 'wait=soon' } })
    expect(odd.headers.get('preference-applied')).toBeNull()
  })

  it('ends at the deadline as expired, for the waiter and in the database', async () => {
    const { body } = await ask(gated)
    await rest.db.execute(
      sql`update approvals set expires_at = clock_timestamp() + interval '700 milliseconds' where id = ${body.id as string}`,
    )
    const waited = await rest.call('GET', `/api/approvals/${body.id}`, {
      token: agent,
      headers: { Prefer: 'wait=20' },
    })
    expect(waited.body).toMatchObject({ status: 'expired', decision: null, next: { action: 'stop' } })
    expect((waited.body.next as { message: string }).message).toContain('expired')
    const run = await rest.call('GET', `/api/runs/${body.run_id}`, { token: agent })
    expect(run.body.status).toBe('failed')
  })

  it('ends with 401 within 2 s of the key being revoked', async () => {
    const { token, actor } = await test.key(['run'])
    const { body } = await ask(gated)
    const waiting = rest.call('GET', `/api/approvals/${body.id}`, { token, headers: { Prefer: 'wait=30' } })
    await expect.poll(() => countWaits(rest.db)).toBe(1)
    await rest.db.execute(sql`update keys set revoked_at = now() where id = ${actor.id}`)
    await decide(body.id, { decision: 'approve' })
    expect(codeOf(await waiting)).toBe('401 unauthenticated')
  })

  it('refuses one wait too many before it writes anything', async () => {
    const { token } = await test.key(['run'])
    const { body } = await ask(gated)
    const abort = new AbortController()
    const waits = [1, 2, 3].map(() =>
      rest
        .call('GET', `/api/approvals/${body.id}`, {
          token,
          headers: { Prefer: 'wait=30' },
          signal: abort.signal,
        })
        .catch(() => null),
    )
    await expect.poll(() => countWaits(rest.db)).toBe(3)
    const answer = await rest.call('POST', '/api/approvals', {
      token,
      body: { ...gated, tool_call_id: 'one-too-many' },
      headers: { Prefer: 'wait=30' },
    })
    expect(codeOf(answer)).toBe('429 too_many_waits')
    const list = await rest.call('GET', '/api/approvals?tool_call_id=one-too-many', { token })
    expect(list.body.items).toEqual([])
    abort.abort()
    await Promise.all(waits)
    await expect.poll(() => countWaits(rest.db)).toBe(0)
    const after = await rest.call('GET', `/api/approvals/${body.id}`, {
      token,
      headers: { Prefer: 'wait=1' },
    })
    expect(after.status).toBe(200)
  })
})

describe('deciding, claiming and telling the result', () => {
  it('is one story from the question to the result', async () => {
    const asked = await ask({ ...gated, tool_call_id: 'story' })
    const { id, run_id: run } = asked.body
    expect(
      codeOf(
        await rest.call('POST', `/api/runs/${run}/tool-calls/story/result`, {
          token: agent,
          body: { status: 'succeeded' },
        }),
      ),
    ).toBe('409 not_claimed')
    const early = await rest.call('POST', `/api/approvals/${id}/claim`, {
      token: agent,
      body: { tool: 'gated', params: gated.params },
    })
    expect(codeOf(early)).toBe('409 not_approved')
    expect(early.body.approval).toMatchObject({ id, status: 'pending' })
    expect(codeOf(await decide(id, { decision: 'approve' }, agent))).toBe('403 agent_key_cannot_decide')
    expect(codeOf(await decide(id, { decision: 'maybe' }))).toBe('422 invalid_input')
    expect(codeOf(await decide('apr_x', { decision: 'approve' }))).toBe('400 invalid_id')
    const decided = await decide(id, { decision: 'approve', reason: 'Fine.', digest: asked.body.digest })
    expect(decided.status).toBe(201)
    expect(decided.body).toMatchObject({
      status: 'approved',
      decision: { decision: 'approve', reason: 'Fine.', via: 'api' },
    })
    const again = await decide(id, { decision: 'approve', reason: 'Fine.' })
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([200, 'true'])
    expect(again.body).toEqual(decided.body)
    const late = await decide(id, { decision: 'reject' })
    expect(codeOf(late)).toBe('409 already_decided')
    expect(late.body.approval).toMatchObject({ id, status: 'approved' })
    const claim = await rest.call('POST', `/api/approvals/${id}/claim`, {
      token: agent,
      body: { tool: 'gated', params: { amount: 2400, order_id: 'ORD-1' } },
    })
    expect(claim.status).toBe(200)
    expect(claim.body).toMatchObject({ claimed_at: expect.any(String), next: { action: 'done' } })
    const result = { status: 'succeeded', output: { refund: 1.5 } }
    const told = await rest.call('POST', `/api/runs/${run}/tool-calls/story/result`, {
      token: agent,
      body: result,
    })
    expect(told.body).toMatchObject({ status: 'succeeded', output: { refund: 1.5 }, approval: { id } })
    expect(
      (await rest.call('POST', `/api/runs/${run}/tool-calls/story/result`, { token: agent, body: result }))
        .status,
    ).toBe(200)
    const other = { status: 'failed', error: 'no' }
    expect(
      codeOf(
        await rest.call('POST', `/api/runs/${run}/tool-calls/story/result`, { token: agent, body: other }),
      ),
    ).toBe('409 result_recorded')
    const done = await rest.call('PATCH', `/api/runs/${run}`, {
      token: agent,
      body: { status: 'completed', output: 'ok' },
    })
    expect(done.body).toMatchObject({ status: 'completed', output: 'ok' })
    expect(
      codeOf(await rest.call('PATCH', `/api/runs/${run}`, { token: agent, body: { status: 'failed' } })),
    ).toBe('409 run_finished')
    expect(codeOf(await ask({ run_id: run, tool: 'gated', params: {} }))).toBe('409 run_finished')
    const audit = await rest.call('GET', `/api/audit?target=${id}`, { token: owner })
    expect(audit.body.items?.map((entry) => entry.action)).toEqual([
      'approval.claimed',
      'approval.approved',
      'approval.decision_refused',
      'approval.claim_refused',
      'approval.bypass_suspected',
    ])
  })

  it('cancels, also the second time', async () => {
    const { body } = await ask(gated)
    const cancel = () => rest.call('POST', `/api/approvals/${body.id}/cancel`, { token: agent })
    expect((await cancel()).body).toMatchObject({ status: 'cancelled', next: { action: 'ask_again' } })
    expect((await cancel()).status).toBe(200)
    expect((await cancel()).body.decided_at).toBeNull()
    const smuggled = await rest.call('POST', `/api/approvals/${body.id}/cancel`, {
      token: agent,
      body: { approved: true },
    })
    expect(codeOf(smuggled)).toBe('422 unknown_field')
  })

  it('decides many, each for itself', async () => {
    const [a, b] = [await ask(gated), await ask(gated)]
    const items = [
      { id: a.body.id, decision: 'approve' },
      { id: b.body.id, decision: 'reject', digest: 'sha256:00' },
      { id: 'apr_00000000000000000000000000', decision: 'approve' },
    ]
    const answer = await rest.call('POST', '/api/approvals/decisions', { token: owner, body: { items } })
    expect(answer.status).toBe(200)
    const results = answer.body.results as Record<string, unknown>[]
    expect(results.map((result) => result.status)).toEqual([201, 409, 404])
    expect(results[0]).toMatchObject({ approval: { status: 'approved' } })
    expect(results[1]).toMatchObject({ problem: { code: 'digest_mismatch' } })
    const many = Array.from({ length: 101 }, () => items[0])
    expect(
      codeOf(await rest.call('POST', '/api/approvals/decisions', { token: owner, body: { items: many } })),
    ).toBe('422 invalid_input')
  })
})

describe('GET /api/approvals', () => {
  it('lists pending first, newest first within, in pages that fit together', async () => {
    const other = await makeTestProject(rest.db)
    const call = (path: string) => rest.call('GET', path, { token: other.agent.token })
    const reviewer = await other.member('reviewer')
    const ids: string[] = []
    for (let i = 0; i < 7; i++) ids.push((await other.ask({ params: { n: i } })).id)
    for (const id of ids.slice(0, 3)) await decide(id, { decision: 'approve' }, reviewer.token)
    const expected = [...ids.slice(3).reverse(), ...ids.slice(0, 3).reverse()]
    const seen: unknown[] = []
    for (let path = '/api/approvals?limit=2'; ;) {
      const page = await call(path)
      expect(page.status).toBe(200)
      seen.push(...(page.body.items ?? []).map((item) => item.id))
      if (page.body.next_cursor === null) break
      path = `/api/approvals?limit=2&cursor=${page.body.next_cursor as string}`
    }
    expect(seen).toEqual(expected)
    const filtered = async (query: string) => (await call(`/api/approvals?${query}`)).body.items?.length
    expect(await filtered('status=approved')).toBe(3)
    expect(await filtered('status=approved,pending')).toBe(7)
    expect(await filtered('status=expired,cancelled')).toBe(0)
    expect(await filtered('agent=tester')).toBe(7)
    expect(await filtered('agent=nobody')).toBe(0)
    expect(await filtered('tool=gated&status=pending')).toBe(4)
    expect(await filtered('q=%22n%22%3A6')).toBe(1)
    expect(await filtered('q=%25')).toBe(0)
    expect(await filtered('tool=g?t*&status=pending')).toBe(4)
    const sorted = await call('/api/approvals?sort=decided&status=approved,pending&limit=5')
    expect(sorted.body.items?.map((item) => item.id)).toEqual([...ids.slice(3).reverse(), ids[2]])
    const { next_cursor: further } = sorted.body
    const onward = await call(
      `/api/approvals?sort=decided&status=approved,pending&cursor=${further as string}`,
    )
    expect(onward.body.items?.map((item) => item.id)).toEqual([ids[1], ids[0]])
    expect(codeOf(await call(`/api/approvals?sort=deadline&cursor=${further as string}`))).toBe(
      '400 invalid_cursor',
    )
    expect(codeOf(await call('/api/approvals?sort=loudest'))).toBe('400 invalid_query')
    expect((await call('/api/approvals/count')).body).toEqual({ pending: 4, matching: 4 })
    expect((await call('/api/approvals/count?q=%22n%22%3A6&tool=g*')).body).toEqual({
      pending: 4,
      matching: 1,
    })
    expect((await call('/api/approvals/count?agent=nobody')).body).toEqual({ pending: 4, matching: 0 })
    const { body: grouped } = await call('/api/approvals/count?group=rule&due=86400')
    expect(grouped).toMatchObject({ pending: 4, matching: 4 })
    const groups = grouped.groups as { name: string; count: number; oldest_at: string; due_at: string }[]
    expect(groups.reduce((sum, { count }) => sum + count, 0)).toBe(4)
    for (const { name, count, oldest_at: oldest, due_at: due } of groups) {
      expect(Date.parse(oldest)).toBeLessThan(Date.parse(due))
      expect((await call(`/api/approvals/count?rule=${encodeURIComponent(name)}`)).body.matching).toBe(count)
      expect(await filtered(`rule=${encodeURIComponent(name)}`)).toBe(count)
    }
    expect((await call('/api/approvals/count?due=0')).body).toEqual({ pending: 4, matching: 0 })
    expect((await call('/api/approvals/count?due=soon')).status).toBe(400)
    expect((await call('/api/approvals/count?group=day')).status).toBe(400)
    expect(await filtered(`run_id=${(await call('/api/runs?limit=1')).body.items?.[0]?.id as string}`)).toBe(
      1,
    )
  })

  it('refuses unusable queries and foreign cursors', async () => {
    const refused = async (query: string) =>
      codeOf(await rest.call('GET', `/api/approvals?${query}`, { token: agent }))
    expect(await refused('limit=0')).toBe('400 invalid_query')
    expect(await refused('limit=101')).toBe('400 invalid_query')
    expect(await refused('status=open')).toBe('400 invalid_query')
    expect(await refused('status=pending,open')).toBe('400 invalid_query')
    expect(await refused('status=')).toBe('400 invalid_query')
    expect(await refused('colour=red')).toBe('400 invalid_query')
    expect(await refused('tool=a&tool=b')).toBe('400 invalid_query')
    expect(await refused('cursor=abc')).toBe('400 invalid_cursor')
    const { body } = await rest.call('GET', '/api/approvals?limit=1', { token: agent })
    const other = await makeTestProject(rest.db)
    const stolen = await rest.call('GET', `/api/approvals?cursor=${body.next_cursor as string}`, {
      token: other.agent.token,
    })
    expect(codeOf(stolen)).toBe('400 invalid_cursor')
  })

  it('shows another project nothing', async () => {
    const { body } = await ask({ ...gated, tool_call_id: 'mine' })
    const other = await makeTestProject(rest.db)
    const there = (path: string) => rest.call('GET', path, { token: other.agent.token })
    const foreign = await there(`/api/approvals/${body.id}`)
    const missing = await there('/api/approvals/apr_00000000000000000000000000')
    expect(foreign.status).toBe(404)
    expect({ ...foreign.body, request_id: '' }).toEqual({ ...missing.body, request_id: '' })
    expect((await there('/api/approvals')).body.items).toEqual([])
    expect((await there(`/api/runs/${body.run_id}`)).status).toBe(404)
    expect((await there(`/api/runs/${body.run_id}/tool-calls/mine`)).status).toBe(404)
  })
})

describe('the deadline', () => {
  it('counts for every reader though nobody swept', async () => {
    const quiet = await makeTestProject(rest.db)
    const makeDue = async () => {
      const asked = await quiet.ask({ tool: 'soft' })
      await rest.db.execute(
        sql`update approvals set expires_at = clock_timestamp() - interval '1 millisecond' where id = ${asked.id}`,
      )
      return asked
    }
    const call = async (path: string) => (await rest.call('GET', path, { token: quiet.agent.token })).body
    expect((await call(`/api/approvals/${(await makeDue()).id}`)).status).toBe('expired')
    await makeDue()
    expect((await call('/api/approvals?status=pending')).items).toEqual([])
    await makeDue()
    expect((await call('/api/approvals?status=expired')).items).toHaveLength(3)
    expect((await call(`/api/runs/${(await makeDue()).run_id}`)).status).toBe('running')
    const { run_id: run, tool_call_id: id } = await makeDue()
    expect(await call(`/api/runs/${run}/tool-calls/${id}`)).toMatchObject({ status: 'expired' })
  })

  it('GET /api/cron/expire needs its secret', async () => {
    expect((await rest.call('GET', '/api/cron/expire')).status).toBe(401)
    expect((await rest.call('GET', '/api/cron/expire', { token: 'wrong' })).status).toBe(401)
    const swept = await rest.call('GET', '/api/cron/expire', { token: 'cron-secret-for-tests' })
    expect(swept.body).toEqual({ expired: expect.any(Number) })
    expect((await rest.call('POST', '/api/cron/deliver', { token: 'cron-secret-for-tests' })).status).toBe(
      200,
    )
  })
})

describe('GET /api/approvals/stream', () => {
  it('tells what happens, in order, and resumes after the last event', async () => {
    const other = await makeTestProject(rest.db)
    const reviewer = await other.member('reviewer')
    const first = await openStream(other.agent.token)
    const a = await other.ask()
    expect(await first.next()).toMatchObject({ event: 'approval.requested', data: { id: a.id } })
    await decide(a.id, { decision: 'approve' }, reviewer.token)
    const decided = await first.next()
    expect(decided).toMatchObject({ event: 'approval.decided', data: { id: a.id } })
    await first.close()
    const b = await other.ask()
    await rest.call('POST', `/api/approvals/${b.id}/cancel`, { token: other.agent.token })
    const second = await openStream(other.agent.token, decided.id)
    expect(await second.next()).toMatchObject({ event: 'approval.requested', data: { id: b.id } })
    expect(await second.next()).toMatchObject({ event: 'approval.cancelled', data: { id: b.id } })
    await rest.db.execute(sql`update keys set revoked_at = now() where id = ${other.agent.actor.id}`)
    expect(await second.ended).toBe(true)
  })
})

async function openStream(token: string, lastEventId?: string) {
  const abort = new AbortController()
  const response = await fetch(`${rest.url}/api/approvals/stream`, {
    headers: {
      Authorization: `Bearer ${token}`,
      ...(lastEventId === undefined ? {} : { 'Last-Event-ID': lastEventId }),
    },
    signal: abort.signal,
  })
  expect(response.headers.get('content-type')).toContain('text/event-stream')
  const queue: { id: string; event: string; data: { id: string } }[] = []
  let wake = () => {}
  const ended = (async () => {
    let text = ''
    const decoder = new TextDecoder()
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      text += decoder.decode(chunk, { stream: true })
      const blocks = text.split('\n\n')
      text = blocks.pop() ?? ''
      for (const block of blocks) {
        const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1] ?? ''
        if (field('event'))
          queue.push({ id: field('id'), event: field('event'), data: JSON.parse(field('data')) })
      }
      wake()
    }
    return true
  })().catch(() => false)
  return {
    ended,
    next: async () => {
      for (;;) {
        const event = queue.shift()
        if (event) return event
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    },
    close: async () => {
      abort.abort()
      await ended
    },
  }
}
