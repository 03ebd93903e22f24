// oxlint-disable vitest/no-standalone-expect -- `it` is vitest's, with a fixture
import { sql } from 'drizzle-orm'
import { readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { deployAgent } from '@/lib/agents/deploy'
import { makeMachine } from '@/lib/testing/command'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { startRest, type Rest } from '@/lib/testing/rest'

let rest: Rest
beforeAll(async () => {
  rest = await startRest()
})
afterAll(() => rest.close())

type Person = Awaited<ReturnType<TestProject['member']>>
type Fixture = { project: TestProject; reviewer: Person; machine: ReturnType<typeof makeMachine> }

const it = test.extend<{ at: Fixture }>({
  // eslint-disable-next-line no-empty-pattern -- vitest reads the names of the fixtures that it takes
  at: async ({}, use) => {
    const project = await makeTestProject(rest.db)
    const reviewer = await project.member('reviewer')
    const machine = makeMachine({ HOLDPOINT_URL: rest.url, HOLDPOINT_TOKEN: reviewer.token })
    await use({ project, reviewer, machine })
    machine.remove()
  },
})

const readStatus = async (id: string) =>
  (await rest.db.execute<{ status: string }>(sql`select status from approvals where id = ${id}`))[0]?.status

describe('login', () => {
  const bare = { HOLDPOINT_TOKEN: '', HOLDPOINT_URL: '' }

  it('keeps what opens a project, and whoami says whose it is', async ({
    at: { machine, reviewer, project },
  }) => {
    const done = await machine.run(['login', `${rest.url}/`, '--token', '-'], {
      env: bare,
      stdin: `${reviewer.token}\n`,
    })
    expect(done).toMatchObject({ code: 0, stderr: `Kept as profile default in ${machine.config}.\n` })
    expect(statSync(machine.config).mode & 0o777).toBe(0o600)
    expect(JSON.parse(readFileSync(machine.config, 'utf8'))).toEqual({
      current: 'default',
      profiles: { default: { url: rest.url, token: reviewer.token } },
    })
    const who = await machine.run(['whoami'], { env: bare })
    expect(who.stdout).toBe(done.stdout)
    expect(who.stdout).toContain(`${reviewer.actor.email}, reviewer`)
    expect(who.stdout).toContain(project.project.name)
    expect(done.stdout + done.stderr).not.toContain(reviewer.token)
    const json = await machine.run(['whoami', '--json'], { env: bare })
    expect(JSON.parse(json.stdout)).toMatchObject({
      kind: 'personal_token',
      project: { id: project.project.id },
    })
  })

  it('keeps an agent’s key beside it, and other profiles', async ({ at: { machine, reviewer, project } }) => {
    const login = (token: string, ...more: string[]) =>
      machine.run(['login', rest.url, '--token', '-', ...more], { env: bare, stdin: token })
    expect((await login(reviewer.token)).code).toBe(0)
    expect((await login(project.agent.token)).code).toBe(0)
    expect((await login(reviewer.token, '--profile', 'other')).code).toBe(0)
    const whose = async (env: Record<string, string>) =>
      (await machine.run(['whoami'], { env: { ...bare, HOLDPOINT_URL: rest.url, HOME: '/nowhere', ...env } }))
        .stdout
    expect(await whose({ HOLDPOINT_KEY: project.agent.token })).toContain('an agent key')
    expect(await whose({ HOLDPOINT_KEY: project.agent.token, HOLDPOINT_TOKEN: reviewer.token })).toContain(
      reviewer.actor.email,
    )
    const { current, profiles } = JSON.parse(readFileSync(machine.config, 'utf8')) as Record<string, object>
    expect(current).toBe('other')
    expect(profiles).toEqual({
      default: { url: rest.url, token: reviewer.token, key: project.agent.token },
      other: { url: rest.url, token: reviewer.token },
    })
  })

  it('keeps nothing that the server does not know, and takes no argument for a secret', async ({
    at: { machine, reviewer },
  }) => {
    const wrong = reviewer.token.slice(0, -3) + 'AAA'
    const refused = await machine.run(['login', rest.url, '--token', '-'], { env: bare, stdin: wrong })
    expect([refused.code, refused.stderr]).toEqual([
      3,
      expect.stringContaining('is none that this Holdpoint knows'),
    ])
    const argued = await machine.run(['login', rest.url, '--token', reviewer.token], { env: bare })
    expect(argued).toMatchObject({ code: 2, stderr: expect.stringMatching(/never an argument/) as string })
    const odd = await machine.run(['login', rest.url, '--token', '-'], { env: bare, stdin: 'password1' })
    expect(odd.code).toBe(3)
    for (const { stdout, stderr } of [refused, argued, odd]) {
      expect(stdout + stderr).not.toContain(reviewer.token)
      expect(stdout + stderr).not.toContain('password1')
    }
    expect((await machine.run(['whoami'], { env: bare })).code).toBe(3)
  })
})

describe('list', () => {
  it('says that nothing waits', async ({ at: { machine } }) => {
    expect(await machine.run(['list'])).toEqual({ code: 0, stdout: '', stderr: 'Nothing waits.\n' })
  })

  it('has what waits, and with --status what was decided; -n and filters hold', async ({
    at: { machine, project },
  }) => {
    const first = await project.ask()
    const second = await project.ask({ tool: 'soft', params: { note: 'a b\u202e' } })
    const all = await machine.run(['list'])
    expect(all.stdout).toContain(
      `${first.id}  pending    ends in 60 min  tester  gated order_id=ORD-1 · amount=2400`,
    )
    expect(all.stdout).toContain('soft note="a b⟨U+202E⟩"')
    const one = await machine.run(['list', '-n', '1'])
    expect(one.stdout.trimEnd().split('\n')).toHaveLength(1)
    expect(one.stderr).toMatch(/There are more/)
    expect((await machine.run(['list', '--tool', 'soft', '--json'])).stdout).toContain(second.id)
    expect((await machine.run(['approve', first.id, '--yes'])).code).toBe(0)
    const decided = await machine.run(['list', '--status', 'approved,rejected', '--json'])
    expect(JSON.parse(decided.stdout)).toMatchObject({
      items: [{ id: first.id, status: 'approved' }],
      has_more: false,
    })
  })
})

describe('list finds', () => {
  it('by agent, words, run and several states, and knows no other state', async ({
    at: { machine, project },
  }) => {
    await deployAgent(project.agent, { name: 'other', config: 'approval: { tools: [gated] }' })
    const one = await project.ask({ params: { note: 'for Zoe' } })
    const other = await project.ask({ agent: 'other', params: { note: 'for Bob' } })
    expect((await machine.run(['reject', other.id, '-m', 'No.'])).code).toBe(0)
    const found = async (...argv: string[]) => {
      const { stdout } = await machine.run(['list', '--json', ...argv])
      return (JSON.parse(stdout) as { items: { id: string }[] }).items.map(({ id }) => id)
    }
    expect(await found('--agent', 'tester')).toEqual([one.id])
    expect(await found('--agent', 'other')).toEqual([])
    expect(await found('--agent', 'other', '--status', 'rejected')).toEqual([other.id])
    await expect.poll(() => found('-q', 'Zoe')).toEqual([one.id])
    expect(await found('-q', 'Bob')).toEqual([])
    expect(await found('--run', other.run_id, '--status', 'all')).toEqual([other.id])
    const both = ['--status', 'pending', '--status', 'rejected']
    expect(new Set(await found(...both))).toEqual(new Set([one.id, other.id]))
    const { code, stderr } = await machine.run(['list', '--status', 'held'])
    expect([code, stderr]).toEqual([2, expect.stringMatching(/--status is one of pending, approved/)])
  })
})

describe('show', () => {
  it('shows all of a call, and nothing of it misleads', async ({ at: { machine, project } }) => {
    const long = `${'x'.repeat(5000)}END`
    const params = {
      amount: 12345678901234567890n,
      text: 'two\nlines \u001b[31m',
      long,
      'na\u200bme': 'раypal',
    }
    const { id, digest } = await project.ask({ params })
    const { code, stdout } = await machine.run(['show', id])
    expect(code).toBe(0)
    expect(stdout).toContain('12345678901234567890')
    expect(stdout).toContain('    │ two\n    │ lines ⟨U+001B⟩[31m')
    expect(stdout.replace(/\n {4}│ /g, '')).toContain(long)
    expect(stdout).toContain('na⟨U+200B⟩me')
    expect(stdout).toContain('! mixes alphabets whose letters look alike')
    expect(stdout).toContain(`digest  ${digest}`)
    expect(stdout).toContain('The policy says\n    │ Somebody has to look.')
    // eslint-disable-next-line no-control-regex
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
  })

  it('of another project is not there', async ({ at: { machine } }) => {
    const other = await makeTestProject(rest.db)
    const { id } = await other.ask()
    expect((await machine.run(['show', id])).code).toBe(2)
    expect((await machine.run(['show', 'call_1'])).stderr).toMatch(/call_1 is no id of a held call/)
  })

  it('refuses a call whose digest is that of another', async ({ at: { machine, project, reviewer } }) => {
    const asked = await project.ask()
    const lying = createServer((_, answer) => {
      answer.setHeader('Content-Type', 'application/json')
      answer.end(JSON.stringify({ ...asked, params: { ...asked.params, amount: 1 } }))
    })
    await new Promise<void>((done) => lying.listen(0, '127.0.0.1', done))
    const env = {
      HOLDPOINT_URL: `http://127.0.0.1:${(lying.address() as AddressInfo).port}`,
      HOLDPOINT_TOKEN: reviewer.token,
    }
    for (const argv of [
      ['show', asked.id],
      ['approve', asked.id, '--yes'],
    ]) {
      const { code, stderr } = await machine.run(argv, { env })
      expect([code, stderr]).toEqual([5, expect.stringMatching(/is not that of its tool and params/)])
    }
    lying.close()
  })
})

describe('approve', () => {
  it('asks nobody where there is no terminal, and decides nothing', async ({ at: { machine, project } }) => {
    const { id } = await project.ask()
    const { code, stderr } = await machine.run(['approve', id])
    expect([code, stderr]).toEqual([2, expect.stringMatching(/Nobody can be asked here: give --digest/)])
    expect(await readStatus(id)).toBe('pending')
  })

  it('with the digest that was seen, for that call alone', async ({ at: { machine, project, reviewer } }) => {
    const { id, digest } = await project.ask()
    const wrong = await machine.run(['approve', id, '--digest', `sha256:${'0'.repeat(64)}`])
    expect([wrong.code, wrong.stderr]).toEqual([4, expect.stringMatching(/It was left as it is/)])
    expect(await readStatus(id)).toBe('pending')
    const done = await machine.run(['approve', id, '--digest', digest, '-m', 'As agreed'])
    expect(done).toMatchObject({ code: 0, stderr: '' })
    expect(done.stdout).toMatch(`${id} gated: It was approved by ${reviewer.actor.email} at `)
    expect(done.stdout).toContain('As agreed')
    expect(await readStatus(id)).toBe('approved')
  })

  it('several with --yes', async ({ at: { machine, project } }) => {
    const ids = [(await project.ask()).id, (await project.ask({ tool: 'soft' })).id]
    const { code, stdout } = await machine.run(['approve', ...ids, '--yes', '--json'])
    expect(code).toBe(0)
    const told = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: string; status: string })
    expect(told.map(({ id, status }) => [id, status])).toEqual(ids.map((id) => [id, 'approved']))
  })

  it('what somebody else has decided ends with 4, and says who', async ({ at: { machine, project } }) => {
    const other = await project.member('reviewer')
    const { id } = await project.ask()
    const body = { decision: 'reject', reason: 'No.' }
    await rest.call('POST', `/api/approvals/${id}/decisions`, { token: other.token, body })
    const { code, stderr } = await machine.run(['approve', id, '--yes'])
    expect([code, stderr]).toEqual([
      4,
      expect.stringMatching(`It was rejected by ${other.actor.email} at .*: No\\.`),
    ])
  })

  it('with --set changes values before it runs, as exactly as they are written', async ({
    at: { machine, project },
  }) => {
    await deployAgent(project.agent, { name: 'tester', config: 'approval: { tools: [gated], edit: true }' })
    const params = { amount: 2400, note: 'a', id: 9007199254740993n, items: [{ qty: 1, 'a/b': null }] }
    const { id } = await project.ask({ params })
    const sets = [
      'amount=240',
      'note=7 = "seven"',
      'id=9007199254740995',
      '/items/0/qty=3',
      '/items/0/a~1b=null',
    ]
    const done = await machine.run(['approve', id, '--yes', ...sets.flatMap((set) => ['--set', set])])
    expect(done).toMatchObject({ code: 0, stderr: '' })
    const { text } = await rest.call('GET', `/api/approvals/${id}`, { token: project.agent.token })
    expect(text).toContain('"id":9007199254740995')
    expect(text).toContain('"note":"7 = \\"seven\\""')
    const shown = await machine.run(['show', id])
    expect(shown.stdout).toContain('Params, as a person changed them')
    expect(shown.stdout).toContain('changed /items/0/qty, which was 1')
    const [row] = await rest.db.execute<{ edited: string }>(
      sql`select edited_params as edited from approvals where id = ${id}`,
    )
    expect(row?.edited).toContain('"amount":240,')
  })

  it('with --set of what one has approved as it was says that nothing was changed', async ({
    at: { machine, project },
  }) => {
    await deployAgent(project.agent, { name: 'tester', config: 'approval: { tools: [gated], edit: true }' })
    const { id } = await project.ask({ params: { amount: 2400 } })
    expect(await machine.run(['approve', id, '--yes'])).toMatchObject({ code: 0 })
    const again = await machine.run(['approve', id, '--yes', '--set', 'amount=240'])
    expect(again).toMatchObject({ code: 4, stdout: '' })
  })

  it.for<[string[], number, RegExp]>([
    [['--set', 'amount'], 2, /--set amount: write PLACE=VALUE/],
    [['--set', '=1'], 2, /write PLACE=VALUE/],
    [['--set', 'amuont=240'], 2, /there is no amuont here\. It has order_id, amount\./],
    [['--set', '/amount/0=1'], 2, /amount holds no other values/],
    [['--set', 'amount=much'], 2, /much is no JSON; it would replace 2400/],
    [['--set', 'amount=1', '--set', 'amount=2'], 2, /--set amount stands there twice/],
    [['--set', 'amount="240"'], 2, /It was a whole number and stays so; this is text/],
    [['--set', 'order_id=ORD-2'], 2, /The policy lets reviewers edit only \/amount of gated/],
    [['--set', 'amount=2400'], 2, /approve without `params`/],
    [['--set', 'amount=240', '--digest', `sha256:${'0'.repeat(64)}`], 4, /It was left as it is/],
  ])(
    'with %j ends with %i and decides nothing',
    async ([more, code, words], { at: { machine, project } }) => {
      await deployAgent(project.agent, {
        name: 'tester',
        config: 'approval: { tools: [gated], edit: [amount] }',
      })
      const { id } = await project.ask()
      const refused = await machine.run(['approve', id, '--yes', ...more])
      expect([refused.code, refused.stderr]).toEqual([code, expect.stringMatching(words)])
      expect(await readStatus(id)).toBe('pending')
    },
  )

  it('with --set changes nothing where the policy lets nobody, and not several at once', async ({
    at: { machine, project },
  }) => {
    const ids = [(await project.ask()).id, (await project.ask()).id]
    const one = await machine.run(['approve', ids[0] ?? '', '--yes', '--set', 'amount=240'])
    expect([one.code, one.stderr]).toEqual([2, expect.stringMatching(/lets nobody change what gated is/)])
    const both = await machine.run(['approve', ...ids, '--yes', '--set', 'amount=240'])
    expect([both.code, both.stderr]).toEqual([2, expect.stringMatching(/--set is of one call/)])
    expect(await readStatus(ids[0] ?? '')).toBe('pending')
  })

  it('a viewer and an agent’s key may not', async ({ at: { machine, project } }) => {
    const viewer = await project.member('viewer')
    const { id } = await project.ask()
    for (const token of [viewer.token, project.agent.token]) {
      expect((await machine.run(['approve', id, '--yes'], { env: { HOLDPOINT_TOKEN: token } })).code).toBe(3)
    }
    expect(await readStatus(id)).toBe('pending')
  })
})

describe('reject', () => {
  it('with a reason, which the agent gets', async ({ at: { machine, project } }) => {
    const { id } = await project.ask({ tool: 'soft' })
    const { code } = await machine.run(['reject', id, '-m', 'Ask the customer first'])
    expect(code).toBe(0)
    const { body } = await rest.call('GET', `/api/approvals/${id}`, { token: project.agent.token })
    expect(body).toMatchObject({
      status: 'rejected',
      decision: { reason: 'Ask the customer first', via: 'api' },
    })
  })

  it('asks for one, and without a terminal does nothing', async ({ at: { machine, project } }) => {
    const { id } = await project.ask()
    expect((await machine.run(['reject', id])).code).toBe(2)
    expect(await readStatus(id)).toBe('pending')
  })
})

describe('where the policy says who decides', () => {
  const policy = `approval:
  tools:
    - gated:
        reviewers: { from: ['role:reviewer'], approvals: 2 }
        on_rejection: continue
`

  it('a vote that ends nothing is told as that, and shown to others', async ({
    at: { machine, project, reviewer },
  }) => {
    const headers = { 'Content-Type': 'application/yaml' }
    await rest.call('PUT', '/api/agents/tester', { token: project.agent.token, body: policy, headers })
    const other = await project.member('reviewer')
    const { id } = await project.ask()
    const first = await machine.run(['approve', id, '--yes', '-m', 'Fine.'])
    expect([first.code, first.stdout]).toEqual([
      1,
      expect.stringMatching(/your vote is on record; it needs more people \(1 of 2 /),
    ])
    const { stdout } = await machine.run(['show', id])
    expect(stdout).toContain(`  ${reviewer.actor.email}: approve, Fine.\n`)
    const second = await machine.run(['approve', id, '--yes'], { env: { HOLDPOINT_TOKEN: other.token } })
    expect(second.code).toBe(0)
    expect(await readStatus(id)).toBe('approved')
  })

  it('it can be sent back for changes', async ({ at: { machine, project } }) => {
    const { id } = await project.ask({ tool: 'soft' })
    const { code, stdout } = await machine.run(['reject', id, '--changes', '-m', 'At most 1000.'])
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/It was sent back for changes by .*: At most 1000\./),
    ])
    const { body } = await rest.call('GET', `/api/approvals/${id}`, { token: project.agent.token })
    expect(body).toMatchObject({ status: 'rejected', decision: { decision: 'request_changes' } })
  })
})

describe('where nobody answers', () => {
  it('it ends with 5, soon', async ({ at: { machine } }) => {
    const { code, stderr } = await machine.run(['list', '--patience', '300ms'], {
      env: { HOLDPOINT_URL: 'http://127.0.0.1:1' },
    })
    expect([code, stderr]).toEqual([
      5,
      expect.stringMatching(/No answer of Holdpoint at http:\/\/127\.0\.0\.1:1 counts/),
    ])
  })
})
