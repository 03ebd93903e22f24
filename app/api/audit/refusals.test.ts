import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { keys, members } from '@/db/schema/identity'
import { startSession } from '@/lib/members/session'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { startRest, type Answer, type Rest } from '@/lib/testing/rest'

let rest: Rest
let test: TestProject
let admin: Awaited<ReturnType<TestProject['member']>>

beforeAll(async () => {
  rest = await startRest()
  test = await makeTestProject(rest.db)
  admin = await test.member('admin')
})
afterAll(() => rest.close())

const codeOf = (answer: Answer) => `${answer.status} ${answer.body.code as string}`

type Entry = { actor: object; detail: Record<string, unknown>; request_id: string; credential_id: string }

async function entriesOf(action: string, target: string): Promise<Entry[]> {
  const path = `/api/audit?action=${action}&target=${target}`
  return (await rest.call('GET', path, { token: admin.token })).body.items as unknown as Entry[]
}

describe('a refused decision is on record', () => {
  const wrong = `sha256:${'0'.repeat(64)}`
  const decide = (id: string, token: string, body: object = { decision: 'approve' }) =>
    rest.call('POST', `/api/approvals/${id}/decisions`, { token, body })

  it('of an agent key, of a viewer, of a member whose role was lowered, by token and by session', async () => {
    const { id, digest } = await test.ask()
    const [viewer, lowered] = [await test.member('viewer'), await test.member('reviewer')]
    await rest.call('GET', '/api/approvals', { token: lowered.token })
    await rest.db.update(members).set({ role: 'viewer' }).where(eq(members.userId, lowered.actor.id))
    const session = await startSession(rest.db, viewer.actor.id)
    const answers = [
      await decide(id, test.agent.token),
      await decide(id, viewer.token),
      await decide(id, lowered.token),
      await rest.call('POST', `/api/approvals/${id}/decisions?project=${test.project.slug}`, {
        headers: { Origin: 'http://localhost:3000', Cookie: `next-auth.session-token=${session.token}` },
        body: { decision: 'reject' },
      }),
    ]
    expect(answers.map(codeOf)).toEqual([
      '403 agent_key_cannot_decide',
      '403 forbidden',
      '403 forbidden',
      '403 forbidden',
    ])
    const entries = (await entriesOf('approval.decision_refused', id)).reverse()
    expect(entries.map((entry) => entry.request_id)).toEqual(
      answers.map((answer) => answer.headers.get('x-request-id')),
    )
    expect(entries.map((entry) => entry.credential_id)).toEqual([
      test.agent.actor.id,
      viewer.actor.keyId,
      lowered.actor.keyId,
      session.id,
    ])
    expect(entries[0]).toMatchObject({
      actor: { type: 'key', id: test.agent.actor.id },
      detail: {
        code: 'agent_key_cannot_decide',
        decision: 'approve',
        digest,
        sent_digest: null,
        status: 'pending',
        agent: 'tester',
      },
    })
    expect(entries[3]).toMatchObject({ detail: { code: 'forbidden', decision: 'reject' } })
  })

  it('of the person whom the run acts for, and of another digest', async () => {
    const reviewer = await test.member('reviewer')
    const run = await rest.call('POST', '/api/runs', {
      token: test.agent.token,
      body: { agent: 'tester', initiator: reviewer.actor.email },
    })
    const own = await test.ask({ run_id: String(run.body.id) })
    expect(codeOf(await decide(own.id, reviewer.token))).toBe('403 own_request')
    expect(await entriesOf('approval.decision_refused', own.id)).toMatchObject([
      { actor: { id: reviewer.actor.id }, detail: { code: 'own_request' } },
    ])
    const { id } = await test.ask()
    const body = { decision: 'approve', digest: wrong }
    expect(codeOf(await decide(id, reviewer.token, body))).toBe('409 digest_mismatch')
    expect(await entriesOf('approval.decision_refused', id)).toMatchObject([
      { detail: { code: 'digest_mismatch', sent_digest: wrong } },
    ])
  })

  it('of each of many', async () => {
    const ids = [(await test.ask()).id, (await test.ask()).id]
    const items = [...ids, 'apr_x', 'apr_01h455vb4pex5vsknk084sn02q'].map((id) => ({
      id,
      decision: 'approve',
    }))
    const answer = await rest.call('POST', '/api/approvals/decisions', {
      token: test.agent.token,
      body: { items },
    })
    expect(codeOf(answer)).toBe('403 agent_key_cannot_decide')
    for (const id of ids) expect(await entriesOf('approval.decision_refused', id)).toHaveLength(1)
  })

  it('once an hour for each approval, credential and code, whatever number come', async () => {
    const ids = [(await test.ask()).id, (await test.ask()).id]
    const viewer = await test.member('viewer')
    const items = ids.map((id) => ({ id, decision: 'approve' }))
    const countsOf = () =>
      Promise.all(ids.map(async (id) => (await entriesOf('approval.decision_refused', id)).length))
    for (const token of [test.agent.token, viewer.token]) {
      const tries = Array.from({ length: 8 }, () =>
        rest.call('POST', '/api/approvals/decisions', { token, body: { items } }),
      )
      expect(new Set((await Promise.all(tries)).map(({ status }) => status))).toEqual(new Set([403]))
    }
    expect(await countsOf()).toEqual([2, 2])
    const reviewer = await test.member('reviewer')
    const [first = ''] = ids
    for (let i = 0; i < 3; i++) await decide(first, reviewer.token, { decision: 'approve', digest: wrong })
    expect(await countsOf()).toEqual([3, 2])
    await rest.db.execute(sql`alter table audit_entries disable trigger audit_entries_append_only`)
    await rest.db.execute(sql`update audit_entries set at = at - interval '61 minutes'
      where target_id = ${first} and action = 'approval.decision_refused'`)
    await rest.db.execute(sql`alter table audit_entries enable always trigger audit_entries_append_only`)
    await decide(first, viewer.token)
    expect(await countsOf()).toEqual([4, 2])
  })

  it('but not who was late, nor what another project asked', async () => {
    const { id } = await test.ask()
    const reviewer = await test.member('reviewer')
    expect((await decide(id, reviewer.token)).status).toBe(201)
    const second = await test.member('reviewer')
    expect(codeOf(await decide(id, second.token))).toBe('409 already_decided')
    const other = await makeTestProject(rest.db)
    expect(codeOf(await decide(id, other.agent.token))).toBe('403 agent_key_cannot_decide')
    expect(await entriesOf('approval.decision_refused', id)).toEqual([])
    const theirs = await rest.call('GET', '/api/audit?action=approval.decision_refused', {
      token: other.agent.token,
    })
    expect(theirs.body.items).toEqual([])
  })
})

describe('a dead key that is shown is on record', () => {
  const show = (token: string) => rest.call('GET', '/api/approvals', { token })
  const eventually = async (id: string, count: number) => {
    await expect.poll(async () => (await entriesOf('key.refused', id)).length).toBe(count)
  }

  it.each([
    ['revoked', sql`update keys set revoked_at = clock_timestamp() where id =`],
    ['expired', sql`update keys set expires_at = clock_timestamp() - interval '1 millisecond' where id =`],
  ])('where it was %s: once an hour, whatever number come', async (because, kill) => {
    const key = await test.key(['read'])
    await rest.db.execute(sql`${kill} ${key.actor.id}`)
    const answers = await Promise.all(Array.from({ length: 20 }, () => show(key.token)))
    expect(new Set(answers.map(codeOf))).toEqual(new Set(['401 unauthenticated']))
    await eventually(key.actor.id, 1)
    await show(key.token)
    const ago = sql`clock_timestamp() - interval '61 minutes'`
    await rest.db.update(keys).set({ refusedAt: ago }).where(eq(keys.id, key.actor.id))
    const last = await show(key.token)
    await eventually(key.actor.id, 2)
    const [entry] = await entriesOf('key.refused', key.actor.id)
    expect(entry).toMatchObject({
      actor: { type: 'key', id: key.actor.id },
      credential_id: key.actor.id,
      request_id: last.headers.get('x-request-id'),
      detail: { kind: 'agent', because },
    })
    expect(JSON.stringify(entry)).not.toContain(key.token)
  })

  it('where its member is gone', async () => {
    const viewer = await test.member('viewer')
    await rest.db.delete(members).where(eq(members.userId, viewer.actor.id))
    expect(codeOf(await show(viewer.token))).toBe('401 unauthenticated')
    await eventually(viewer.actor.keyId ?? '', 1)
  })

  it('where nobody knows it, or it cannot be recorded, the refusal is the same', async () => {
    const before = await rest.call('GET', '/api/audit?action=key.refused', { token: admin.token })
    expect(codeOf(await show(`hpa_${'x'.repeat(43)}`))).toBe('401 unauthenticated')
    const key = await test.key(['read'])
    await rest.db.update(keys).set({ revokedAt: new Date() }).where(eq(keys.id, key.actor.id))
    await rest.db.execute(sql`create sequence refused_writes`)
    await rest.db.execute(
      sql`alter table audit_entries add constraint audit_is_down check (nextval('refused_writes') < 0) not valid`,
    )
    expect(codeOf(await show(key.token))).toBe('401 unauthenticated')
    // It is recorded beside the answer, so the write may come after it; a sequence keeps count of what is undone.
    const tried = () => rest.db.execute<{ is: boolean }>(sql`select is_called as is from refused_writes`)
    await expect.poll(async () => (await tried())[0]?.is).toBe(true)
    await rest.db.execute(sql`alter table audit_entries drop constraint audit_is_down`)
    await rest.db.execute(sql`drop sequence refused_writes`)
    const after = await rest.call('GET', '/api/audit?action=key.refused', { token: admin.token })
    expect(after.body.items).toHaveLength(before.body.items?.length ?? 0)
    await show(key.token)
    await eventually(key.actor.id, 1)
  })
})

describe('a refused file is on record', () => {
  const deploy = (config: string, name = 'tester') =>
    rest.call('PUT', `/api/agents/${name}`, {
      token: test.agent.token,
      headers: { 'Content-Type': 'application/yaml' },
      body: config,
    })

  it('with places and a digest, and without its text', async () => {
    const refused = await deploy(
      'approval:\n  tools:\n    - secret_tool: param.a &&\n    - "b\\ud800c": "x ="\n',
    )
    expect(codeOf(refused)).toBe('422 invalid_policy')
    const { body } = await rest.call('GET', '/api/audit?action=agent.deploy_refused', { token: admin.token })
    expect(body.items).toHaveLength(1)
    const [entry] = body.items as unknown as (Entry & { target: object })[]
    const errors = refused.body.errors as { pointer: string; line: number; column: number }[]
    expect(entry).toMatchObject({
      actor: { id: test.agent.actor.id },
      target: { type: 'agent', id: expect.stringMatching(/^agt_/), label: 'tester' },
      request_id: refused.headers.get('x-request-id'),
      detail: {
        code: 'invalid_policy',
        config_digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
        count: errors.length,
        errors: errors.map(({ pointer, line, column }) => ({
          pointer: pointer.replace('\ud800', '\ufffd'),
          line,
          column,
        })),
      },
    })
    expect(JSON.stringify(entry)).not.toContain('param.a')
  })

  it('of a key where only people deploy', async () => {
    const other = await makeTestProject(rest.db)
    const { token } = await other.member('admin')
    await rest.call('PATCH', '/api/project', { token, body: { deploys: 'people' } })
    const refused = await rest.call('PUT', '/api/agents/newcomer', {
      token: other.agent.token,
      headers: { 'Content-Type': 'application/yaml' },
      body: 'approval:\n  tools: [pay]\n',
    })
    expect(codeOf(refused)).toBe('403 deploys_by_people')
    const { body } = await rest.call('GET', '/api/audit?action=agent.deploy_refused', { token })
    expect(body.items).toMatchObject([
      { target: { id: 'newcomer', label: 'newcomer' }, detail: { code: 'deploys_by_people', count: 0 } },
    ])
  })

  it('with twenty places of many', async () => {
    const wrong = Array.from({ length: 30 }, (_, n) => `    - t${n}: "x ="\n`).join('')
    const refused = await deploy(`approval:\n  tools:\n${wrong}`, 'newcomer')
    const { body } = await rest.call('GET', '/api/audit?action=agent.deploy_refused&limit=1', {
      token: admin.token,
    })
    const [entry] = body.items as unknown as Entry[]
    expect(entry?.detail.count).toBe((refused.body.errors as unknown[]).length)
    expect(entry?.detail.errors).toHaveLength(20)
  })

  it('once an hour for each agent, those that there are not being one, whatever number come', async () => {
    const { agent, member } = await makeTestProject(rest.db)
    const { token } = await member('admin')
    const names = ['tester', 'tester', 'tester', ...Array.from({ length: 9 }, (_, n) => `made-up-${n}`)]
    const answers = await Promise.all(
      names.map((name) =>
        rest.call('PUT', `/api/agents/${name}`, {
          token: agent.token,
          headers: { 'Content-Type': 'application/yaml' },
          body: `approval: ${name}\n`,
        }),
      ),
    )
    expect(new Set(answers.map(codeOf))).toEqual(new Set(['422 invalid_policy']))
    const { body } = await rest.call('GET', '/api/audit?action=agent.deploy_refused', { token })
    const labels = (body.items as unknown as { target: { label: string } }[]).map(
      ({ target }) => target.label,
    )
    expect(labels.map((label) => label.replace(/\d+$/, 'n')).toSorted()).toEqual(['made-up-n', 'tester'])
  })
})
