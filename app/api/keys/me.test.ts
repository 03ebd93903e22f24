import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { joinProject } from '@/lib/testing/person'
import { startSession } from '@/lib/members/session'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { startRest, type Rest } from '@/lib/testing/rest'
import packageJson from '@/package.json'

let rest: Rest
let test: TestProject

beforeAll(async () => {
  rest = await startRest({ MAX_BODY_KB: '300' })
  test = await makeTestProject(rest.db)
})
afterAll(() => rest.close())

const me = async (token: string) => (await rest.call('GET', '/api/me', { token })).body
const project = () => ({ id: test.project.id, slug: test.project.slug, name: test.project.name })

describe('GET /api/me', () => {
  it('tells an agent key what it is and what the server takes', async () => {
    const { token, actor } = await test.key(['deploy'])
    const told = await me(token)
    expect(told).toEqual({
      kind: 'agent_key',
      key: {
        id: actor.id,
        name: actor.label,
        prefix: token.slice(0, String((told.key as { prefix: string }).prefix).length),
        scopes: ['deploy'],
        expires_at: null,
      },
      project: project(),
      member: null,
      server: {
        version: packageJson.version,
        time: expect.stringMatching(/Z$/) as string,
        max_wait_seconds: 55,
        max_body_bytes: 300 * 1024,
      },
    })
    const { time } = told.server as { time: string }
    expect(Math.abs(Date.parse(time) - Date.now())).toBeLessThan(60_000)
  })

  it('tells a personal token whose it is', async () => {
    const { token, actor } = await test.member('viewer')
    expect(await me(token)).toMatchObject({
      kind: 'personal_token',
      key: { id: actor.keyId, scopes: [] },
      project: project(),
      member: { id: actor.id, email: actor.email, role: 'viewer' },
    })
  })

  it('tells a session whose it is', async () => {
    const { actor } = await joinProject(rest.db, test.project, 'reviewer', 'ann')
    const { token } = await startSession(rest.db, actor.id)
    const headers = { Cookie: `next-auth.session-token=${token}` }
    const { body } = await rest.call('GET', '/api/me', { headers })
    expect(body).toMatchObject({ kind: 'session', key: null, member: { id: actor.id, role: 'reviewer' } })
  })

  it('tells a stranger nothing', async () => {
    expect((await rest.call('GET', '/api/me', { token: `hpa_${'0'.repeat(40)}` })).status).toBe(401)
  })
})
