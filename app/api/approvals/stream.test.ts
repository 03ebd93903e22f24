import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startSession } from '@/lib/members/session'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { startRest, type Rest } from '@/lib/testing/rest'

let rest: Rest
let project: TestProject
let stops: AbortController[] = []

beforeAll(async () => {
  rest = await startRest()
  project = await makeTestProject(rest.db)
})
afterAll(async () => {
  close(stops)
  await rest.close()
})

function close(some: AbortController[]): void {
  for (const stop of some) stop.abort()
  stops = stops.filter((stop) => !some.includes(stop))
}

/** Opens a stream and reads its first line. */
async function open(headers: Record<string, string>, query = '') {
  const stop = new AbortController()
  const response = await fetch(`${rest.url}/api/approvals/stream${query}`, { headers, signal: stop.signal })
  if (response.status === 200) {
    stops.push(stop)
    await response.body?.getReader().read()
    return { status: 200, stop }
  }
  const { code } = (await response.json()) as { code: string }
  return { status: response.status, code, retryAfter: response.headers.get('retry-after') }
}
const bearer = (token: string) => ({ Authorization: `Bearer ${token}` })
const refused = { status: 429, code: 'too_many_streams', retryAfter: '30' }

describe('fifty streams of a credential', () => {
  test('of a key: the 51st is refused, another credential’s is not, and one that is closed makes room', async () => {
    const mine = bearer(project.agent.token)
    const opened = await Promise.all(Array.from({ length: 50 }, () => open(mine)))
    expect(opened.map((one) => one.status)).toEqual(Array(50).fill(200))
    expect(await open(mine)).toEqual(refused)
    expect((await open(bearer((await project.member('reviewer')).token))).status).toBe(200)
    close([opened[7]!.stop!])
    await expect.poll(() => open(mine)).toMatchObject({ status: 200 })
    expect(await open(mine)).toEqual(refused)
    close(stops)
    await expect.poll(() => open(mine)).toMatchObject({ status: 200 })
    close(stops)
  })

  test('of a browser session: the 51st is refused, another session of the same person is not', async () => {
    const { actor } = await project.member('viewer')
    const cookieOf = async () => ({
      cookie: `next-auth.session-token=${(await startSession(rest.db, actor.id)).token}`,
    })
    const mine = await cookieOf()
    const query = `?project=${project.project.slug}`
    await Promise.all(Array.from({ length: 50 }, () => open(mine, query)))
    expect(await open(mine, query)).toEqual(refused)
    expect((await open(await cookieOf(), query)).status).toBe(200)
    close(stops)
  })

  test('twice as many at once: exactly fifty are open', async () => {
    const { token } = await project.member('admin')
    const opened = await Promise.all(Array.from({ length: 100 }, () => open(bearer(token))))
    expect(opened.filter((one) => one.status === 200)).toHaveLength(50)
    expect(opened.filter((one) => one.status === 429)).toHaveLength(50)
    close(stops)
  })
})
