import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { startRest, type Answer, type Rest } from '@/lib/testing/rest'

let rest: Rest
let test: TestProject
let agent: string

beforeAll(async () => {
  rest = await startRest()
  test = await makeTestProject(rest.db)
  agent = test.agent.token
  await post('/api/runs', '{"agent":"tester","external_id":"records"}')
})
afterAll(() => rest.close())

const post = (path: string, body: string, method = 'POST') => rest.call(method, path, { token: agent, body })
const get = (path: string) => rest.call('GET', path, { token: agent })
const codeOf = (answer: Answer) => `${answer.status} ${answer.body.code as string}`

let made = 0
/** A call that runs, to record the result of. */
async function newCall(): Promise<string> {
  const id = `call-${++made}`
  await post('/api/approvals', `{"run_id":"records","tool":"free","params":{},"tool_call_id":"${id}"}`)
  return `/api/runs/records/tool-calls/${id}`
}
const record = (call: string, json: string, field = 'output') =>
  post(`${call}/result`, `{"status":"succeeded","${field}":${json}}`)

const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`
const keys = (count: number) => `{${Array.from({ length: count }, (_, i) => `"k${i}":${i}`).join()}}`
const mib = 1024 * 1024
const kept = 256 * 1024

/** JSON that a tool may give back, and what of it is told afterwards (all of it where nothing is named). */
const odd: [name: string, json: string, told?: string][] = [
  ['NUL', '"a\\u0000b"', '"a⟨U+0000⟩b"'],
  ['half surrogates', '"\\ud800 and \\udfff"', '"⟨U+D800⟩ and ⟨U+DFFF⟩"'],
  ['NUL in a key', '{"a\\u0000":[1]}', '{"a⟨U+0000⟩":[1]}'],
  ['numbers beyond the double', '[1e400,-1e999,1e-400]', '["1e400","-1e999","1e-400"]'],
  ['a decimal of 25 digits', '3.141592653589793238462643', '"3.141592653589793238462643"'],
  ['40 digits', '1234567890123456789012345678901234567890'],
  ['2,000 digits', '7'.repeat(2000), `"${'7'.repeat(2000)}"`],
  ['minus zero', '-0', '0'],
  ['a key twice', '{"a":1,"a":2}', '{"a":2}'],
  ['__proto__', '{"__proto__":{"a":1},"b":[{"__proto__":2}]}'],
  ['constructor', '{"constructor":{"prototype":1}}'],
  ['128 levels', nested(128)],
  ['256 levels', nested(256)],
  ['10,000 levels', nested(10_000), `${'['.repeat(256)}"${nested(9744)}"${']'.repeat(256)}`],
  ['control characters', '"\\u0001\\u001b[31m\\u202e"', '"\\u0001\\u001b[31m\u202e"'],
  ['a text of 200,000 characters', `"${'x'.repeat(200_000)}"`],
  ['an empty text', '""'],
  ['null', 'null'],
]

describe('recording never fails for what a tool gave back', () => {
  it.each(odd)('%s, as a result, a step and what a run ends with', async (_name, json, told = json) => {
    const call = await newCall()
    expect((await record(call, json)).status).toBe(200)
    const failed = await newCall()
    expect((await post(`${failed}/result`, `{"status":"failed","error":${json}}`)).status).toBe(200)
    const step = `{"kind":"note","name":"n","input":${json},"output":${json}}`
    const stepped = await post('/api/runs/records/steps', step)
    expect(stepped.status).toBe(201)
    const { body: run } = await post('/api/runs', '{"agent":"tester"}')
    const ended = await post(
      `/api/runs/${run.id as string}`,
      `{"status":"failed","output":${json},"error":${json}}`,
      'PATCH',
    )
    expect(ended.status).toBe(200)
    expect((await get(call)).text).toContain(`"output":${told},"error":null,`)
    expect((await get(failed)).text).toContain(`"output":null,"error":${told},`)
    expect(stepped.text).toContain(`"input":${told},"output":${told},`)
    expect((await get(`/api/runs/${run.id as string}`)).text).toContain(`"output":${told},"error":${told},`)
    expect((await get('/api/runs/records')).status).toBe(200)
    // told again, it is the same
    expect((await record(call, json)).status).toBe(200)
    expect(codeOf(await record(call, '"something else"'))).toBe('409 result_recorded')
  })

  it('up to 1 MiB, kept cut with what it was in all', async () => {
    const call = await newCall()
    const json = `"${'é'.repeat(mib / 2 - 1)}"`
    expect(Buffer.byteLength(json)).toBe(mib)
    const recorded = await record(call, json)
    expect(recorded.status).toBe(200)
    for (const { body } of [recorded, await get(call)]) {
      expect(body.truncated).toEqual({ bytes: mib })
      expect(body.output).toBe('é'.repeat((kept - 2) / 2))
    }
    const step = await post(
      '/api/runs/records/steps',
      `{"kind":"model","name":"n","input":1,"output":${json}}`,
    )
    expect(step.body).toMatchObject({ input: 1, truncated: { bytes: mib } })
    const { body: run } = await post('/api/runs', '{"agent":"tester"}')
    const at = `/api/runs/${run.id as string}`
    expect((await post(at, `{"status":"completed","output":${json}}`, 'PATCH')).status).toBe(200)
    expect((await get(at)).body).toMatchObject({ truncated: { bytes: mib } })
    expect(codeOf(await record(await newCall(), `"${'x'.repeat(mib + 8 * 1024)}"`))).toBe(
      '413 body_too_large',
    )
  })

  it('50,000 keys, of which the first stay', async () => {
    const call = await newCall()
    const json = keys(50_000)
    expect((await record(call, json)).status).toBe(200)
    const { body } = await get(call)
    expect(body.truncated).toEqual({ bytes: json.length })
    const names = Object.keys(body.output as object)
    expect(names.length).toBeGreaterThan(10_000)
    expect(names.slice(0, 2)).toEqual(['k0', 'k1'])
  })

  it('says nothing of cutting where all is kept', async () => {
    const call = await newCall()
    expect((await record(call, `"${'x'.repeat(kept - 2)}"`)).body).not.toHaveProperty('truncated')
    expect((await get(call)).body).not.toHaveProperty('truncated')
  })

  it('knows a result that is kept cut again by all of it', async () => {
    const call = await newCall()
    const items = Array.from({ length: 60_000 }, (_, i) => i)
    const json = (last: number) => `{"a":1,"items":[${items.join()},${last}]}`
    expect((await record(call, json(1))).status).toBe(200)
    const { body } = await get(call)
    expect((body.output as { items: number[] }).items.length).toBeLessThan(60_000)
    const again = await record(call, json(1).replace('"a":1,', '').replace(/\}$/, ', "a" : 1.0 }'))
    expect([again.status, again.body.truncated]).toEqual([200, body.truncated])
    expect(codeOf(await record(call, json(2)))).toBe('409 result_recorded')
    expect(codeOf(await record(call, JSON.stringify(body.output)))).toBe('409 result_recorded')
  })

  it('of twenty at once with large outputs keeps one', async () => {
    const call = await newCall()
    const output = (n: number) => JSON.stringify({ n, text: 'x'.repeat(270_000) })
    const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => record(call, output(n))))
    const codes = answers.map((answer) => `${answer.status} ${String(answer.body.code ?? '')}`.trim())
    expect(codes.toSorted()).toEqual(['200', ...Array.from({ length: 19 }, () => '409 result_recorded')])
  })
})

describe('only what is no JSON is refused', () => {
  it.each<[string, string | Uint8Array]>([
    ['an open text', '{"status":"succeeded","output":"a'],
    ['a bare word', '{"status":"succeeded","output":undefined}'],
    ['NaN', '{"status":"succeeded","output":NaN}'],
    ['a raw line break in a text', '{"status":"succeeded","output":"a\nb"}'],
    [
      'levels closed by the wrong bracket',
      `{"status":"succeeded","output":${'['.repeat(500)}${'}'.repeat(500)}}`,
    ],
    ['invalid UTF-8', new Uint8Array([...Buffer.from('{"status":"succeeded","output":"'), 0xff, 0x22, 0x7d])],
  ])('%s', async (_name, body) => {
    const call = await newCall()
    const answer = await rest.call('POST', `${call}/result`, { token: agent, body })
    expect(codeOf(answer)).toBe('400 malformed_body')
    expect((await get(call)).body.status).toBe('running')
  })
})

describe('what binds is read as strictly as ever', () => {
  it.each([
    ['a status told twice', '{"status":"succeeded","status":"failed","output":1}', '400 malformed_body'],
    ['a field that is not known', '{"status":"succeeded","approved":true}', '422 unknown_field'],
  ])('in a result: %s', async (_name, body, code) => {
    expect(codeOf(await post(`${await newCall()}/result`, body))).toBe(code)
  })

  it.each(['"a\\u0000"', '"\\ud800"', '1e400', '{"a":1,"a":2}', '{"__proto__":1}', nested(65), keys(10_001)])(
    'in params, context and input: %.20s',
    async (json) => {
      const bodies = [
        ['/api/approvals', `{"agent":"tester","tool":"free","params":{"a":${json}}}`],
        ['/api/approvals', `{"agent":"tester","tool":"free","params":{},"context":{"output":${json}}}`],
        ['/api/runs', `{"agent":"tester","input":{"output":${json}}}`],
        ['/api/runs', `{"agent":"tester","context":{"a":${json}}}`],
        ['/api/agents/tester/check', `{"tool":"free","params":{"a":${json}}}`],
      ]
      for (const [path = '', body = ''] of bodies) {
        expect((await post(path, body)).status).toBe(400)
      }
    },
  )
})
