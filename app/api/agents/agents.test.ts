import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { startRest, type Answer, type Rest } from '@/lib/testing/rest'

let rest: Rest
let test: TestProject

beforeAll(async () => {
  rest = await startRest()
  test = await makeTestProject(rest.db)
})
afterAll(() => rest.close())

const yaml = { 'Content-Type': 'application/yaml' }
const deploy = (
  name: string,
  body: string | Uint8Array,
  headers: Record<string, string> = yaml,
  token = test.agent.token,
) => rest.call('PUT', `/api/agents/${name}`, { token, body, headers })
const codeOf = (answer: Answer) => `${answer.status} ${answer.body.code as string}`

const seedPage = `version: "1.0"
name: order-manager
approval:
  tools:
    - order_tools.cancel_order                          # always gated
    - order_tools.process_refund: param.amount > 1000   # conditional
  timeout: 3600
  message: "This action requires manager approval."
  on_rejection: continue
`

describe('PUT /api/agents/{name}', () => {
  it.each<[string, string, string | Uint8Array, Record<string, string>, string]>([
    [
      'another media type',
      'a',
      'approval: {tools: []}',
      { 'Content-Type': 'application/json' },
      '415 unsupported_media_type',
    ],
    ['over 64 kB', 'a', `# ${'x'.repeat(65_536)}`, yaml, '413 body_too_large'],
    ['invalid UTF-8', 'a', new Uint8Array([0xff]), yaml, '400 malformed_body'],
    ['a NUL', 'a', 'approval:\0', yaml, '400 malformed_body'],
    ['a bad name', 'Bad_Name', seedPage, yaml, '422 invalid_input'],
    ['a name that differs', 'other', seedPage, yaml, '422 invalid_policy'],
    ['no tools', 'a', 'approval:\n  timeout: 600\n', yaml, '422 invalid_policy'],
  ])('refuses %s', async (_name, agent, body, headers, expected) => {
    expect(codeOf(await deploy(agent, body, headers))).toBe(expected)
  })

  it('replaces only the version that If-Match names, and says which one is in force', async () => {
    const versioned = (tools: string, headers: Record<string, string>) =>
      deploy('versioned', `approval:\n  tools: [${tools}]\n`, { ...yaml, ...headers })
    expect(codeOf(await versioned('a', { 'If-Match': '*' }))).toBe('412 precondition_failed')
    const first = await versioned('a', { 'If-None-Match': '*' })
    expect([first.status, first.headers.get('etag')]).toEqual([201, '"1"'])
    expect(codeOf(await versioned('b', { 'If-None-Match': '*' }))).toBe('412 precondition_failed')
    for (const stale of ['"2"', '1', 'W/"1"', '"x"', '']) {
      const refused = await versioned('b', { 'If-Match': stale })
      expect([codeOf(refused), refused.body.version, refused.headers.get('etag')]).toEqual([
        '412 precondition_failed',
        1,
        '"1"',
      ])
      expect(refused.body.detail).toContain('Version 1 of versioned')
    }
    const second = await versioned('b', { 'If-Match': '"7", "1"' })
    expect([second.status, second.headers.get('etag')]).toEqual([200, '"2"'])
    // the answer to it was lost, and it is sent once more
    expect((await versioned('b', { 'If-Match': '"1"' })).body.version).toBe(2)
    const read = await rest.call('GET', '/api/agents/versioned', { token: test.agent.token })
    expect(read.headers.get('etag')).toBe('"2"')
    const known = { token: test.agent.token, headers: { 'If-None-Match': '"2"' } }
    expect((await rest.call('GET', '/api/agents/versioned', known)).status).toBe(304)
  })

  it('lets one of two win who edited the same version, in 20 rounds', async () => {
    const race = (round: number, editor: string, base: number) =>
      deploy('raced', `approval:\n  tools: [r${round}, ${editor}]\n`, { ...yaml, 'If-Match': `"${base}"` })
    await deploy('raced', 'approval:\n  tools: [first]\n')
    for (let base = 1; base <= 20; base++) {
      const answers = await Promise.all(['a', 'b', 'c'].map((editor) => race(base, editor, base)))
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412])
    }
  })

  it('says line and column of a mistake and keeps the version in force', async () => {
    await deploy('careful', 'approval:\n  tools: [pay]\n')
    const bad = await deploy('careful', 'approval:\n  tools:\n    - pay: param.a &&\n')
    expect(codeOf(bad)).toBe('422 invalid_policy')
    expect(bad.body.errors).toEqual([
      expect.objectContaining({ line: 3, column: expect.any(Number), detail: expect.any(String) }),
    ])
    const kept = await rest.call('GET', '/api/agents/careful', { token: test.agent.token })
    expect(kept.body).toMatchObject({ version: 1, policy: { tools: [{ tool: 'pay', when: null }] } })
  })

  it('echoes what was understood, once for each content', async () => {
    const first = await deploy('order-manager', seedPage)
    expect(first.status).toBe(201)
    expect(first.body).toEqual({
      name: 'order-manager',
      version: 1,
      config: seedPage,
      policy: {
        tools: [
          {
            tool: 'order_tools.cancel_order',
            when: null,
            timeout: 3600,
            message: 'This action requires manager approval.',
            on_rejection: 'continue',
          },
          {
            tool: 'order_tools.process_refund',
            when: 'param.amount > 1000',
            timeout: 3600,
            message: 'This action requires manager approval.',
            on_rejection: 'continue',
          },
        ],
        timeout: 3600,
        message: 'This action requires manager approval.',
        on_rejection: 'continue',
      },
      warnings: [],
      deployed_by: { type: 'key', id: test.agent.actor.id, label: expect.any(String) },
      deployed_at: expect.any(String),
      paused: null,
    })
    const same = await deploy('order-manager', seedPage)
    expect([same.status, same.body.version]).toEqual([200, 1])
    const next = await deploy('order-manager', seedPage.replace('3600', '600'))
    expect([next.status, next.body.version]).toEqual([200, 2])
  })

  it('takes BOM and CRLF, and warns of a file that gates nothing', async () => {
    expect((await deploy('windows', `\uFEFFapproval:\r\n  tools: [pay]\r\n`)).status).toBe(201)
    const nothing = await deploy('nothing', 'version: "1.0"\n')
    expect(nothing.status).toBe(201)
    expect(nothing.body.warnings).toEqual([expect.objectContaining({ code: 'no_approval_block' })])
  })

  it('warns of a condition that is always false first, in a deploy and in a check', async () => {
    const config = 'approval:\n  timout: 60\n  tools:\n    - pay: "False"\n'
    const expected = [
      {
        code: 'condition_always_false',
        line: 4,
        column: 13,
        message: expect.stringContaining('gates nothing'),
      },
      { code: 'unknown_key', line: 2, column: 3, message: expect.any(String) },
    ]
    const deployed = await deploy('warned', config)
    expect([deployed.status, deployed.body.warnings]).toEqual([201, expected])
    const { token } = test.agent
    const check = (more: object) =>
      rest.call('POST', '/api/agents/warned/check', { token, body: { tool: 'pay', params: {}, ...more } })
    for (const { body } of [await check({}), await check({ config })]) {
      expect(body).toEqual({ required: false, rule: null, warnings: expected })
    }
    const plain = await check({ config: 'approval:\n  tools:\n    - pay: param.x > 1\n' })
    expect(plain.body).not.toHaveProperty('warnings')
  })

  it('refuses a file for its warnings with ?strict=true, in a deploy and in a check', async () => {
    const config = 'approval:\n  reviwers: finance\n  timout: 60\n  tools: [pay]\n'
    const { token } = test.agent
    const check = (query: string) =>
      rest.call('POST', `/api/agents/strict/check${query}`, {
        token,
        body: { tool: 'pay', params: {}, config },
      })
    for (const refused of [await deploy('strict?strict=true', config), await check('?strict=true')]) {
      expect(codeOf(refused)).toBe('422 invalid_policy')
      expect(refused.body.errors).toEqual([
        {
          pointer: '/approval',
          line: 2,
          column: 3,
          detail:
            '`reviwers` is not a key here and protects nothing: did you mean `reviewers`? (unknown_key)',
        },
        expect.objectContaining({ line: 3, column: 3 }),
      ])
    }
    expect((await check('?strict=false')).status).toBe(200)
    expect((await deploy('strict?strict=false', config)).body.warnings).toHaveLength(2)
    expect(codeOf(await deploy('strict?strict=yes', config))).toBe('400 invalid_query')
    expect((await deploy('strict?strict=true', 'approval:\n  tools: [pay]\n')).status).toBe(200)
  })

  it('echoes who decides and the like as understood', async () => {
    const config =
      'approval:\n  reviewers: finance\n  tools:\n    - pay: {edit: amount, reviewers: {from: dba, approvals: 2}}\n    - drop\n'
    const { body } = await deploy('who', config)
    const finance = { any_of: [{ from: ['finance'], approvals: 1, rejections: 1 }] }
    expect(body.policy).toMatchObject({
      reviewers: finance,
      tools: [
        { edit: ['amount'], reviewers: { any_of: [{ from: ['dba'], approvals: 2, rejections: 1 }] } },
        { reviewers: finance },
      ],
    })
  })

  it('is for admins and keys with deploy, and is audited', async () => {
    const reviewer = await test.member('reviewer')
    const admin = await test.member('admin')
    const runner = await test.key(['run'])
    expect(codeOf(await deploy('mine', 'approval: {tools: []}', yaml, reviewer.token))).toBe('403 forbidden')
    expect(codeOf(await deploy('mine', 'approval: {tools: []}', yaml, runner.token))).toBe('403 forbidden')
    expect((await deploy('mine', 'approval: {tools: []}', yaml, admin.token)).status).toBe(201)
    const audit = await rest.call('GET', '/api/audit?action=agent.deployed&limit=1', { token: admin.token })
    expect(audit.body.items?.[0]).toMatchObject({
      actor: { type: 'user', id: admin.actor.id },
      target: { type: 'agent', label: 'mine' },
      detail: { version: 1, config: 'approval: {tools: []}' },
    })
  })

  it('of 10 deploys at once makes versions without gaps', async () => {
    await Promise.all(Array.from({ length: 10 }, (_, i) => deploy('racing', `approval:\n  tools: [t${i}]\n`)))
    const { body } = await rest.call('GET', '/api/agents/racing', { token: test.agent.token })
    expect(body.version).toBe(10)
  })
})

describe('GET /api/agents', () => {
  it('lists by name and shows another project nothing', async () => {
    const { body } = await rest.call('GET', '/api/agents?limit=2', { token: test.agent.token })
    expect(body.items?.map((agent) => agent.name)).toEqual(['careful', 'mine'])
    const rest2 = await rest.call('GET', `/api/agents?cursor=${body.next_cursor as unknown as string}`, {
      token: test.agent.token,
    })
    expect(rest2.body.items?.[0]?.name).toBe('nothing')
    const other = await makeTestProject(rest.db)
    expect(codeOf(await rest.call('GET', '/api/agents/careful', { token: other.agent.token }))).toBe(
      '404 not_found',
    )
  })
})

describe('POST /api/agents/{name}/check', () => {
  const check = (body: unknown, name = 'order-manager') =>
    rest.call('POST', `/api/agents/${name}/check`, { token: test.agent.token, body })
  const tool = 'order_tools.process_refund'

  it('says what the gate would say and stores nothing', async () => {
    expect((await check({ tool, params: { amount: 129 } })).body).toEqual({ required: false, rule: null })
    expect((await check({ tool, params: { amount: 2400 } })).body).toMatchObject({
      required: true,
      rule: { tool, condition: 'param.amount > 1000', outcome: 'true' },
    })
    expect((await check({ tool, params: {} })).body).toMatchObject({
      required: true,
      rule: { outcome: 'unevaluable' },
    })
    expect((await rest.call('GET', '/api/approvals', { token: test.agent.token })).body.items).toEqual([])
  })

  it('judges by a file that was never deployed', async () => {
    const config = 'approval:\n  tools:\n    - pay: context.role != "admin"\n'
    expect(
      (await check({ tool: 'pay', params: {}, context: { role: 'admin' }, config }, 'new-one')).body.required,
    ).toBe(false)
    expect((await check({ tool: 'pay', params: {}, config }, 'new-one')).body).toMatchObject({
      rule: { outcome: 'unevaluable' },
    })
    expect(codeOf(await check({ tool: 'pay', params: {} }, 'new-one'))).toBe('404 not_found')
    expect(codeOf(await check({ tool: 'pay', params: {}, config: 'approval: 5' }, 'new-one'))).toBe(
      '422 invalid_policy',
    )
    expect(codeOf(await check({ tool: 'p ay', params: {} }))).toBe('400 invalid_tool_name')
  })
})
