import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { makeTestProject } from '@/lib/testing/project'
import { startRest, type Answer, type Rest } from '@/lib/testing/rest'

let rest: Rest
let token: string
let path: string

beforeAll(async () => {
  rest = await startRest()
  token = (await makeTestProject(rest.db)).agent.token
})
beforeEach(async () => {
  const { body } = await rest.call('POST', '/api/runs', { token, body: { agent: 'tester' } })
  path = `/api/runs/${String(body.id)}/checkpoint`
})
afterAll(() => rest.close())

const type = { 'Content-Type': 'text/plain' }
const save = (body: string, headers: Record<string, string> = {}) =>
  rest.call('PUT', path, { token, body, headers: { ...type, ...headers } })
const load = (headers: Record<string, string> = {}) => rest.call('GET', path, { token, headers })
const codeOf = ({ status, body }: Answer) => `${status} ${String(body.code)}`
const tagOf = ({ status, headers }: Answer) => [status, headers.get('etag')]

describe('a checkpoint', () => {
  it('has an ETag, which a save may demand', async () => {
    expect(codeOf(await save('a', { 'If-Match': '*' }))).toBe('412 precondition_failed')
    expect(tagOf(await save('a', { 'If-None-Match': '*' }))).toEqual([204, '"1"'])
    expect(tagOf(await load())).toEqual([200, '"1"'])
    const refused = await save('b', { 'If-None-Match': '*' })
    expect([...tagOf(refused), refused.body.code, refused.body.version]).toEqual([
      412,
      '"1"',
      'precondition_failed',
      1,
    ])
    for (const stale of ['"2"', '1', 'W/"1"', ''])
      expect(codeOf(await save('b', { 'If-Match': stale }))).toBe('412 precondition_failed')
    expect((await load()).text).toBe('a')
    expect(tagOf(await save('b', { 'If-Match': '"1"' }))).toEqual([204, '"2"'])
    expect(tagOf(await save('b'))).toEqual([204, '"3"'])
    expect(tagOf(await load())).toEqual([200, '"3"'])
  })

  it('is not sent again to who has it', async () => {
    await save('a')
    const known = await load({ 'If-None-Match': 'W/"1"' })
    expect([...tagOf(known), known.text]).toEqual([304, '"1"', ''])
    await save('a')
    expect((await load({ 'If-None-Match': '"1"' })).text).toBe('a')
  })

  it('of two who resume from the same one takes the first, in 20 rounds', async () => {
    await save('begin')
    for (let round = 1; round <= 20; round++) {
      const tag = (await load()).headers.get('etag') ?? ''
      const saves = await Promise.all(['a', 'b'].map((who) => save(`${who} ${round}`, { 'If-Match': tag })))
      expect(saves.map(({ status }) => status).sort()).toEqual([204, 412])
      const winner = saves[0]?.status === 204 ? 'a' : 'b'
      expect((await load()).text).toBe(`${winner} ${round}`)
    }
  })

  it('is begun by one of twenty', async () => {
    const saves = await Promise.all(
      Array.from({ length: 20 }, (_, at) => save(`${at}`, { 'If-None-Match': '*' })),
    )
    expect(saves.filter(({ status }) => status === 204)).toHaveLength(1)
    expect((await load()).text).toBe(`${saves.findIndex(({ status }) => status === 204)}`)
  })

  it('of a run that has ended says so, whatever is demanded', async () => {
    await save('a')
    await rest.call('PATCH', path.replace('/checkpoint', ''), { token, body: { status: 'completed' } })
    expect(codeOf(await save('b', { 'If-Match': '"7"' }))).toBe('409 run_finished')
  })
})
