import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { startRest, type Answer, type Rest } from '@/lib/testing/rest'

type Token = { token: string; actor: { id: string; email: string } }

let rest: Rest
let test: TestProject
let other: TestProject
let owner: Token
let admin: Token
let reviewer: Token
let viewer: Token

beforeAll(async () => {
  rest = await startRest()
})
beforeEach(async () => {
  test = await makeTestProject(rest.db)
  other = await makeTestProject(rest.db)
  ;[owner, admin, reviewer, viewer] = [
    await test.member('owner'),
    await test.member('admin'),
    await test.member('reviewer'),
    await test.member('viewer'),
  ]
})
afterAll(() => rest.close())

const call = (who: { token: string }, method: string, path: string, body?: unknown) =>
  rest.call(method, `/api${path}`, { token: who.token, ...(body === undefined ? {} : { body }) })
const codeOf = (answer: Answer) => `${answer.status} ${answer.body.code as string}`
const key = { name: 'Order agent', scopes: ['run', 'read'] }

describe('/api/members', () => {
  it('lists every member to every member, by pages, and to no agent key', async () => {
    const first = await call(viewer, 'GET', '/members?limit=3')
    expect(first.status).toBe(200)
    expect(first.body.items).toHaveLength(3)
    const names = ['id', 'email', 'name', 'role', 'joined_at', 'absence']
    expect(Object.keys(first.body.items?.[0] ?? {})).toEqual(names)
    const next = await call(viewer, 'GET', `/members?limit=3&cursor=${String(first.body.next_cursor)}`)
    expect(next.body).toMatchObject({ items: [{}], next_cursor: null })
    expect(codeOf(await call(test.agent, 'GET', '/members'))).toBe('403 forbidden')
    expect(codeOf(await call(viewer, 'GET', '/members?cursor=nope'))).toBe('400 invalid_cursor')
  })

  it('invites, changes and removes for owners', async () => {
    const invited = await call(owner, 'POST', '/members', { email: 'New@Example.com', role: 'viewer' })
    expect(invited.status).toBe(201)
    expect(invited.body).toMatchObject({ email: 'new@example.com', role: 'viewer', joined_at: null })
    expect(invited.body.invite_url).toMatch(/^http:\/\/localhost:3000\/invite\/copy-/)
    const path = `/members/${String(invited.body.id)}`
    expect((await call(owner, 'PATCH', path, { role: 'admin' })).body).toMatchObject({ role: 'admin' })
    expect((await call(owner, 'DELETE', path)).status).toBe(204)
    expect(codeOf(await call(owner, 'DELETE', path))).toBe('404 not_found')
  })

  it('a removed member’s token is refused on the next request', async () => {
    expect((await call(reviewer, 'GET', '/members')).status).toBe(200)
    expect((await call(owner, 'DELETE', `/members/${reviewer.actor.id}`)).status).toBe(204)
    expect(codeOf(await call(reviewer, 'GET', '/members'))).toBe('401 unauthenticated')
  })

  it('refuses weaker roles, agent keys, wrong input and the last owner’s leaving', async () => {
    const body = { email: 'x@example.com', role: 'viewer' }
    for (const who of [admin, reviewer, viewer, test.agent]) {
      expect(codeOf(await call(who, 'POST', '/members', body))).toBe('403 forbidden')
      expect(codeOf(await call(who, 'PATCH', `/members/${viewer.actor.id}`, { role: 'owner' }))).toBe(
        '403 forbidden',
      )
      expect(codeOf(await call(who, 'DELETE', `/members/${viewer.actor.id}`))).toBe('403 forbidden')
    }
    expect(codeOf(await call(owner, 'POST', '/members', { ...body, email: 'no' }))).toBe('422 invalid_input')
    expect(codeOf(await call(owner, 'POST', '/members', { ...body, joined: true }))).toBe('422 unknown_field')
    expect(codeOf(await call(owner, 'PATCH', `/members/${owner.actor.id}`, { role: 'viewer' }))).toBe(
      '409 conflict',
    )
    expect(codeOf(await call(owner, 'DELETE', `/members/${owner.actor.id}`))).toBe('409 conflict')
    expect(codeOf(await call(owner, 'DELETE', '/members/nobody'))).toBe('400 invalid_id')
    const stranger = await other.member('viewer')
    expect(codeOf(await call(owner, 'DELETE', `/members/${stranger.actor.id}`))).toBe('404 not_found')
    expect((await call(owner, 'PUT', '/members')).headers.get('allow')).toBe('GET, POST')
  })
})

describe('/api/keys', () => {
  it('makes an agent key whose token opens exactly its scopes, and revokes it at once', async () => {
    const made = await call(admin, 'POST', '/keys', key)
    expect(made.status).toBe(201)
    const token = String(made.body.token)
    expect(made.body).toMatchObject({ ...key, kind: 'agent', created_by: admin.actor.id, revoked_at: null })
    expect((await call({ token }, 'GET', '/approvals')).status).toBe(200)
    const listed = await call(admin, 'GET', '/keys')
    expect(listed.body.items?.map((one) => one.id)).toContain(made.body.id)
    expect(listed.text).not.toContain(token)
    expect((await call(admin, 'DELETE', `/keys/${String(made.body.id)}`)).status).toBe(204)
    expect((await call(admin, 'DELETE', `/keys/${String(made.body.id)}`)).status).toBe(204)
    expect(codeOf(await call({ token }, 'GET', '/approvals'))).toBe('401 unauthenticated')
  })

  it('makes personal tokens for every member, seen and revoked by them alone', async () => {
    const made = await call(viewer, 'POST', '/keys', { kind: 'personal', name: 'laptop' })
    expect(made.body).toMatchObject({ kind: 'personal', scopes: [], created_by: viewer.actor.id })
    const seenBy = async (who: Token) => (await call(who, 'GET', '/keys')).body.items?.map((one) => one.id)
    expect(await seenBy(viewer)).toContain(made.body.id)
    expect(await seenBy(owner)).not.toContain(made.body.id)
    expect(codeOf(await call(owner, 'DELETE', `/keys/${String(made.body.id)}`))).toBe('404 not_found')
    expect((await call(viewer, 'DELETE', `/keys/${String(made.body.id)}`)).status).toBe(204)
  })

  it('refuses agent keys, weaker roles, other projects and wrong input', async () => {
    const made = await call(admin, 'POST', '/keys', key)
    const path = `/keys/${String(made.body.id)}`
    for (const who of [reviewer, viewer, test.agent]) {
      expect(codeOf(await call(who, 'POST', '/keys', key))).toBe('403 forbidden')
      expect(codeOf(await call(who, 'DELETE', path))).toBe('403 forbidden')
    }
    expect(codeOf(await call(test.agent, 'GET', '/keys'))).toBe('403 forbidden')
    expect(codeOf(await call(await other.member('owner'), 'DELETE', path))).toBe('404 not_found')
    expect(codeOf(await call(admin, 'DELETE', '/keys/k'))).toBe('400 invalid_id')
    expect(codeOf(await call(admin, 'POST', '/keys', { scopes: ['run'] }))).toBe('422 invalid_input')
    expect(codeOf(await call(admin, 'POST', '/keys', { ...key, role: 'owner' }))).toBe('422 unknown_field')
    const past = { ...key, expires_at: '2020-01-01T00:00:00Z' }
    expect((await call(admin, 'POST', '/keys', past)).body.errors).toMatchObject([{ pointer: '/expires_at' }])
  })
})

describe('/api/project', () => {
  it('is read by members and written by admins', async () => {
    const { project } = test
    const shape = {
      id: project.id,
      slug: project.slug,
      name: project.name,
      allow_own_request: false,
      retention_days: null,
      audit_retention_days: null,
    }
    expect((await call(viewer, 'GET', '/project')).body).toMatchObject(shape)
    const changed = await call(admin, 'PATCH', '/project', { allow_own_request: true, retention_days: 30 })
    expect(changed.body).toMatchObject({ ...shape, allow_own_request: true, retention_days: 30 })
    expect(codeOf(await call(reviewer, 'PATCH', '/project', { name: 'X' }))).toBe('403 forbidden')
    expect(codeOf(await call(test.agent, 'GET', '/project'))).toBe('403 forbidden')
    expect(codeOf(await call(admin, 'PATCH', '/project', { retention_days: 0 }))).toBe('422 invalid_input')
    expect(codeOf(await call(admin, 'PATCH', '/project', { slug: 'x' }))).toBe('422 unknown_field')
    expect((await call(await other.member('viewer'), 'GET', '/project')).body).toMatchObject({
      allow_own_request: false,
    })
  })
})
