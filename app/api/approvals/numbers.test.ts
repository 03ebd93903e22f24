import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { startRest, type Answer, type Rest } from '@/lib/testing/rest'

let rest: Rest
let test: TestProject
let agent: string
let owner: string

beforeAll(async () => {
  rest = await startRest()
  test = await makeTestProject(rest.db)
  agent = test.agent.token
  owner = (await test.member('owner')).token
})
afterAll(() => rest.close())

const ask = (params: string, more = '') =>
  rest.call('POST', '/api/approvals', {
    token: agent,
    body: `{"agent":"tester","tool":"gated","params":${params}${more}}`,
  })
const part = encodeURIComponent
const codeOf = (answer: Answer) => `${answer.status} ${answer.body.code as string}`

const large = '"id":9007199254740993,"l":[-12345678901234567890123456789012345678901]'
const params = `{${large},"d":0.10000000000000001}`

describe('whole numbers of any size', () => {
  it('stand beside a key toJSON, in params, lists, the audit log and results', async () => {
    const odd = '{"toJSON":1,"in":{"toJSON":null,"n":9007199254740993}}'
    const asked = await ask(odd)
    expect(asked.status).toBe(201)
    const at = `/api/approvals/${asked.body.id as string}`
    await rest.call('POST', `${at}/decisions`, { token: owner, body: { decision: 'approve' } })
    const body = `{"tool":"gated","params":${odd}}`
    const answers = [
      asked,
      await rest.call('GET', at, { token: agent }),
      await rest.call('GET', '/api/approvals', { token: agent }),
      await rest.call('GET', '/api/audit', { token: owner }),
      await rest.call('POST', `${at}/claim`, { token: agent, body }),
    ]
    const call = `/api/runs/${asked.body.run_id as string}/tool-calls/${part(asked.body.tool_call_id as string)}`
    const result = `{"status":"succeeded","output":${odd}}`
    answers.push(await rest.call('POST', `${call}/result`, { token: agent, body: result }))
    for (const answer of answers) {
      expect(answer.status).toBeLessThan(300)
      expect(answer.text).toMatch(/"n":9007199254740993\b/)
    }
  })

  it('stand in full digits wherever params are told, and bind the claim', async () => {
    const asked = await ask(params)
    expect(asked.status).toBe(201)
    const at = `/api/approvals/${asked.body.id as string}`
    const canonical = `{"params":{"d":0.1,"id":9007199254740993,"l":[-12345678901234567890123456789012345678901]},"tool":"gated"}`
    expect(asked.body.digest).toBe(`sha256:${createHash('sha256').update(canonical).digest('hex')}`)
    const body = { decision: 'approve' }
    const answers = [
      asked,
      await rest.call('GET', at, { token: agent }),
      await rest.call('GET', '/api/approvals?q=9007199254740993', { token: agent }),
      await rest.call('GET', `/api/runs/${asked.body.run_id as string}`, { token: agent }),
      await rest.call('POST', `${at}/decisions`, { token: owner, body }),
    ]
    const claim = (text: string) =>
      rest.call('POST', `${at}/claim`, { token: agent, body: `{"tool":"gated","params":${text}}` })
    const rounded = params.replace('740993', '740992')
    const refused = await claim(rounded)
    expect(codeOf(refused)).toBe('409 params_mismatch')
    answers.push(refused, await claim(params))
    for (const answer of answers) expect(answer.text).toContain(`${large},"d":0.1}`)
    expect(answers.at(-1)?.status).toBe(200)
    const audit = await rest.call('GET', `/api/audit?action=approval.approved`, { token: owner })
    expect(audit.text).toContain(large)
    for (const format of ['ndjson', 'csv']) {
      const exported = await rest.call('POST', `/api/audit/export?format=${format}`, { token: owner })
      expect(exported.text).toContain('9007199254740993')
      expect(exported.text).toContain('-12345678901234567890123456789012345678901')
    }
    const verified = await rest.call('GET', '/api/audit/verify', { token: owner })
    expect(verified.body).toMatchObject({ ok: true, first_bad: null })
  })

  it.each([
    ['1000', '1000.0'],
    ['1000', '1e3'],
    ['0.1', '0.10000000000000001'],
    ['-0', '0'],
  ])('%s and %s are the same params to a claim', async (one, other) => {
    const asked = await ask(`{"n":${one}}`)
    const at = `/api/approvals/${asked.body.id as string}`
    await rest.call('POST', `${at}/decisions`, { token: owner, body: { decision: 'approve' } })
    const body = `{"tool":"gated","params":{"n":${other}}}`
    expect((await rest.call('POST', `${at}/claim`, { token: agent, body })).status).toBe(200)
  })

  it('are judged exactly by the policy, those of the run’s context too', async () => {
    const config =
      'approval:\n  tools:\n    - exact: param.n == 9007199254740993\n    - limit: param.n > context.most\n'
    const headers = { 'Content-Type': 'application/yaml' }
    await rest.call('PUT', '/api/agents/counter', { token: agent, body: config, headers })
    const asks = async (tool: string, n: string, run = '"agent":"counter"') => {
      const body = `{${run},"tool":"${tool}","params":{"n":${n}}}`
      return (await rest.call('POST', '/api/approvals', { token: agent, body })).body.required
    }
    expect(await asks('exact', '9007199254740993')).toBe(true)
    expect(await asks('exact', '9007199254740992')).toBe(false)
    const context = '{"most":123456789012345678901234567890}'
    const run = `{"agent":"counter","external_id":"most","context":${context}}`
    await rest.call('POST', '/api/runs', { token: agent, body: run })
    expect(await asks('limit', '123456789012345678901234567891', '"run_id":"most"')).toBe(true)
    expect(await asks('limit', '123456789012345678901234567890', '"run_id":"most"')).toBe(false)
  })

  it('of 200,000 digits are taken as they are', async () => {
    const digits = '7'.repeat(200_000)
    const asked = await ask(`{"n":${digits}}`)
    expect(asked.status).toBe(201)
    expect(asked.text).toContain(`{"n":${digits}}`)
  })
})

describe('what a double would change is refused', () => {
  it.each([
    ['1e400', 'beyond the range'],
    ['-1e400', 'beyond the range'],
    ['1000.0000000000000001', 'more than 17 digits'],
    ['0.1000000000000000055', 'more than 17 digits'],
  ])('%s, with its pointer and the mend', async (number, words) => {
    const answer = await ask(`{"a":[{"b":${number}}]}`)
    expect(codeOf(answer)).toBe('400 malformed_body')
    expect(answer.body.errors).toMatchObject([
      { pointer: '/params/a/0/b', detail: expect.stringContaining(words) },
    ])
    expect(answer.body.detail).toContain('send it as text')
  })
})

describe('limits', () => {
  const keys = (count: number) => `{${Array.from({ length: count }, (_, i) => `"k${i}":${i % 10}`).join()}}`

  it('10,000 keys are taken and found again, more are refused by that name', async () => {
    // the body has three keys of its own
    const asked = await ask(keys(9997))
    expect(asked.status).toBe(201)
    expect(Object.keys(asked.body.params as object)).toHaveLength(9997)
    const refused = await ask(keys(9998))
    expect(codeOf(refused)).toBe('400 too_many_keys')
    expect(refused.body.detail).toBe('The body has more than 10,000 keys.')
  })

  it('64 levels are taken, more are refused by that name', async () => {
    const nested = (depth: number) => `{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`
    const asked = await ask(nested(64), `,"context":${nested(64)}`)
    expect(asked.status).toBe(201)
    for (const refused of [await ask(nested(65)), await ask('{}', `,"context":${nested(65)}`)]) {
      expect(codeOf(refused)).toBe('400 too_deep')
      expect(refused.body.detail).toBe('The body nests deeper than 64 containers.')
    }
  })

  it('a text may fill the body; more is refused with the size in words', async () => {
    const asked = await ask(`{"a":"${'x'.repeat(255 * 1024)}"}`)
    expect(asked.status).toBe(201)
    const refused = await ask(`{"a":"${'x'.repeat(256 * 1024)}"}`)
    expect(codeOf(refused)).toBe('413 body_too_large')
    expect(refused.body.detail).toContain('262144 bytes')
  })
})
