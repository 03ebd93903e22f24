import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { makeMachine } from '@/lib/testing/command'

let machine: ReturnType<typeof makeMachine>
beforeEach(() => {
  machine = makeMachine()
})
afterEach(() => machine.remove())

function put(files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(machine.home, path)), { recursive: true })
    writeFileSync(join(machine.home, path), text)
  }
}

const desk = `name: refund-desk
approval:
  tools:
    - order_tools.cancel_order
    - order_tools.process_refund: param.amount > 1000
cases:
  - tool: order_tools.process_refund
    params: { amount: 1001 }
    expect: ask
    rule: param.amount > 1000
  - { tool: order_tools.process_refund, params: { amount: 1000 }, expect: run }
`

const failures = (stdout: string) =>
  (JSON.parse(stdout) as { checks: { name: string; failure: string | null }[] }).checks.flatMap(
    ({ failure }) => (failure === null ? [] : [failure]),
  )

describe('cases', () => {
  test('in the agent’s file that come out as they should', async () => {
    put({ 'agents/desk.yaml': desk })
    const { code, stdout, stderr } = await machine.run(['check', 'agents'])
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toBe(`ok   agents/desk.yaml: is read
ok   agents/desk.yaml: order_tools.process_refund is held (desk.yaml case 1)
ok   agents/desk.yaml: order_tools.process_refund runs (desk.yaml case 2)
All 3 are as they should be.
`)
  })

  test('in files of their own, a list or with an agent for all', async () => {
    put({
      'desk.yaml': desk,
      'more.cases.yaml':
        'agent: refund-desk\ncases:\n  - { tool: order_tools.cancel_order, expect: ask, name: cancels }\n',
      'list.cases.yaml': '- { agent: refund-desk, tool: anything, expect: run }\n',
    })
    const { code, stdout } = await machine.run(['check'])
    expect(code).toBe(0)
    expect(stdout).toContain('ok   more.cases.yaml: cancels')
    expect(stdout).toContain('All 5 are as they should be.')
  })

  test.for<[string, string, RegExp]>([
    [
      'that should run and is held',
      '{ tool: order_tools.cancel_order, expect: run }',
      /it is held by order_tools\.cancel_order, and was expected to run/,
    ],
    ['that should be held and runs', '{ tool: other, expect: ask }', /it runs, and was expected to be held/],
    [
      'held by another rule',
      '{ tool: order_tools.cancel_order, expect: ask, rule: "order_*" }',
      /was expected to be held by order_\*/,
    ],
    [
      'of an agent without a file',
      '{ agent: nobody, tool: t, expect: ask }',
      /there is no readable file of the agent nobody/,
    ],
  ])('%s fail', async ([, one, words]) => {
    put({ 'desk.yaml': desk, 'a.cases.yaml': `agent: refund-desk\ncases:\n  - ${one}\n` })
    const { code, stdout } = await machine.run(['check', '--json'])
    expect(code).toBe(1)
    expect(failures(stdout)).toEqual([expect.stringMatching(words)])
  })

  test('a condition that cannot be evaluated holds, as it does on the server', async () => {
    put({
      'desk.yaml': desk,
      'a.cases.yaml':
        'agent: refund-desk\ncases:\n  - { tool: order_tools.process_refund, params: { amount: much }, expect: run }\n',
    })
    const { code, stdout } = await machine.run(['check', '--json'])
    expect(code).toBe(1)
    expect(failures(stdout)[0]).toMatch(
      /it is held by order_tools\.process_refund: param\.amount > 1000 \(.+\), and was expected to run/,
    )
  })

  test('see the context and the time that they give', async () => {
    put({
      'a.yaml': 'approval:\n  tools:\n    - t: context.region == "eu" and context.timestamp > "2026-06"\n',
      'a.cases.yaml': `agent: a
cases:
  - { tool: t, context: { region: eu }, timestamp: 2026-07-01T00:00:00Z, expect: ask }
  - { tool: t, context: { region: eu }, timestamp: 2026-05-01T00:00:00Z, expect: run }
  - { tool: t, context: { region: us }, timestamp: 2026-07-01T00:00:00Z, expect: run }
`,
    })
    const { code, stdout } = await machine.run(['check'])
    expect([code, stdout]).toEqual([0, expect.stringContaining('All 4 are')])
  })

  test.for<[string, string, RegExp]>([
    ['without expect', '- { agent: a, tool: t }', /a\.cases\.yaml case 1: expect is ask or run\./],
    [
      'with a word too many',
      '- { agent: a, tool: t, expect: ask, parms: {} }',
      /parms is no member of a case/,
    ],
    ['without an agent', '- { tool: t, expect: ask }', /agent names an agent/],
    [
      'of numbers that no double keeps',
      '- { agent: a, tool: t, expect: ask, params: { id: 12345678901234567890 } }',
      /params: .*2\^53/,
    ],
    ['that is no YAML', '- {', /a\.cases\.yaml:1:\d+: /],
    ['that is none', 'hello: 1', /is neither a list of cases nor has it cases:/],
  ])('one %s is told with its place: 2', async ([, text, words]) => {
    put({ 'a.cases.yaml': text })
    const { code, stderr } = await machine.run(['check'])
    expect([code, stderr]).toEqual([2, expect.stringMatching(words)])
  })
})

describe('files', () => {
  test('that are refused, or warned of, fail with their places', async () => {
    put({
      'a.yaml': 'approval:\n  tools:\n    - t: param.amount >\n',
      'b.yaml': 'approval:\n  tools: [t]\n  timout: 60\n',
      'c.yaml': 'approval:\n  tools: [t\n',
    })
    const strict = await machine.run(['check'])
    expect(strict.code).toBe(1)
    expect(strict.stdout).toMatch(/a\.yaml:3:\d+: /)
    expect(strict.stdout).toMatch(/b\.yaml:3:3: .*timeout/)
    expect(strict.stdout).toMatch(/c\.yaml:\d+:\d+: /)
    const lenient = await machine.run(['check', 'b.yaml', '--lenient'])
    expect(lenient.code).toBe(0)
  })

  test('that are none are left alone, and nothing at all is wrong', async () => {
    put({
      'compose.yaml': 'services: {}\n',
      'odd.yaml': '{{ template }}',
      '.hidden/a.yaml': 'approval: {}',
      'node_modules/a.yaml': 'approval: {}',
    })
    const { code, stderr } = await machine.run(['check'])
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/There is neither an agent’s file nor a case here/),
    ])
    expect((await machine.run(['check', 'no-such'])).stderr).toMatch(/There is no no-such\./)
  })

  test('two of one agent are refused', async () => {
    put({ 'a.yaml': 'approval: { tools: [t] }', 'b/a.yaml': 'approval: { tools: [t] }' })
    const { code, stderr } = await machine.run(['check'])
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/a\.yaml and b\/a\.yaml are both of the agent a/),
    ])
  })
})

describe('defaults', () => {
  const files = {
    '_defaults.yaml':
      'approval:\n  tools:\n    - everywhere\n    - t: param.amount > 10\n  timeout: 60\n  message: Of all.\n',
    'team/_defaults.yaml': 'approval:\n  tools:\n    - of_team\n  message: Of the team.\n',
    'team/a.yaml':
      '# a comment\napproval:\n  tools:\n    - t: param.amount > 1000 # the agent’s own\n  on_rejection: continue\n',
    'b.yaml': 'description: says nothing of approvals itself\n',
    'all.cases.yaml': `- { agent: a, tool: everywhere, expect: ask }
- { agent: a, tool: of_team, expect: ask }
- { agent: a, tool: t, params: { amount: 500 }, expect: run }
- { agent: b, tool: t, params: { amount: 500 }, expect: ask }
- { agent: b, tool: of_team, expect: run }
`,
  }

  test('hold in their folder and below, and the deeper file wins', async () => {
    put(files)
    const { code, stdout } = await machine.run(['check'])
    expect([code, stdout]).toEqual([0, expect.stringContaining('All 7 are')])
  })

  test('are the same for a file alone, and where the command runs in its folder', async () => {
    put(files)
    mkdirSync(join(machine.home, '.git'))
    const cwd = join(machine.home, 'team')
    for (const argv of [
      ['a.yaml', '../all.cases.yaml'],
      ['.', '../all.cases.yaml'],
    ]) {
      const { stdout } = await machine.run(['check', ...argv, '--json'], { cwd })
      expect(failures(stdout).filter((one) => !/agent b$/.test(one))).toEqual([])
    }
  })

  test.for([
    'approval: [',
    'approval: 5',
    'approval:\n  tools: everywhere\n',
    'approval:\n  timeout: never\n',
    'aproval:\n  tools: [everywhere]\n',
  ])('that are refused fail, whatever a deeper file says: %j', async (defaults) => {
    put({ ...files, '_defaults.yaml': defaults })
    const { code, stdout } = await machine.run(['check', 'team'])
    expect([code, stdout]).toEqual([1, expect.stringMatching(/_defaults\.yaml:[12]:\d+: /)])
  })

  test('need not list tools', async () => {
    put({ ...files, '_defaults.yaml': 'approval:\n  timeout: 60\n', 'all.cases.yaml': '[]\n' })
    expect(await machine.run(['check', 'team'])).toMatchObject({ code: 0 })
  })
})

test('the results are JUnit’s XML, too, whatever stands in them', async () => {
  put({
    'desk.yaml': desk,
    'a.cases.yaml':
      'agent: refund-desk\ncases:\n  - { tool: other, expect: ask, name: "<a> & \\"b\\"\\u0001" }\n',
  })
  expect((await machine.run(['check', '--junit', 'report.xml'])).code).toBe(1)
  const xml = readFileSync(join(machine.home, 'report.xml'), 'utf8')
  expect(xml).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="holdpoint check" tests="4" failures="1" errors="0">
  <testsuite name="desk.yaml" tests="3" failures="0" errors="0">
    <testcase classname="desk.yaml" name="is read"/>
    <testcase classname="desk.yaml" name="order_tools.process_refund is held (desk.yaml case 1)"/>
    <testcase classname="desk.yaml" name="order_tools.process_refund runs (desk.yaml case 2)"/>
  </testsuite>
  <testsuite name="a.cases.yaml" tests="1" failures="1" errors="0">
    <testcase classname="a.cases.yaml" name="&lt;a&gt; &amp; &quot;b&quot;\ufffd"><failure message="it runs, and was expected to be held">it runs, and was expected to be held</failure></testcase>
  </testsuite>
</testsuites>
`)
  expect((await machine.run(['check', '--junit', '-'])).stdout).toBe(xml)
})
