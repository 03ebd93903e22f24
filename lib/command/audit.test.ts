// oxlint-disable vitest/no-standalone-expect -- `it` is vitest's, with a fixture
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeMachine } from '@/lib/testing/command'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { startRest, type Rest } from '@/lib/testing/rest'

let rest: Rest
beforeAll(async () => {
  rest = await startRest()
})
afterAll(() => rest.close())

type Fixture = {
  project: TestProject
  machine: ReturnType<typeof makeMachine>
  /** The log as the API exports it. */
  exported: () => Promise<string>
}

const it = test.extend<{ at: Fixture }>({
  // eslint-disable-next-line no-empty-pattern -- vitest reads the names of the fixtures that it takes
  at: async ({}, use) => {
    const project = await makeTestProject(rest.db)
    const admin = await project.member('admin')
    const machine = makeMachine({ HOLDPOINT_URL: rest.url, HOLDPOINT_TOKEN: admin.token })
    const exported = async () => (await rest.call('GET', '/api/audit/export', { token: admin.token })).text
    await use({ project, machine, exported })
    machine.remove()
  },
})

describe('audit tail', () => {
  it('shows what was done last, in the order of time', async ({ at }) => {
    const { code, stdout } = await at.machine.run(['audit', 'tail', '-n', '3'])
    expect(code).toBe(0)
    const lines = stdout.trimEnd().split('\n')
    expect(lines).toHaveLength(3)
    expect(lines).toEqual(lines.toSorted())
    expect(stdout).toMatch(/ {2}agent\.deployed {2}Key run,deploy,read \(api\) {2}agent tester {2}/)
    const json = await at.machine.run(['audit', 'tail', '--action', 'agent.deployed', '--json'])
    expect(JSON.parse(json.stdout)).toMatchObject({ action: 'agent.deployed' })
  })

  it('goes on with -f, and tells of each once', async ({ at }) => {
    const ending = new AbortController()
    let seen = ''
    const running = at.machine.run(['audit', 'tail', '-f', '-n', '1', '--json'], {
      signal: ending.signal,
      onStdout: (text) => (seen = text),
    })
    await expect.poll(() => seen).toContain('\n')
    const before = seen.trim().split('\n').length
    const key = await at.project.key(['read'])
    await expect.poll(() => seen).toContain(key.actor.id)
    await new Promise((done) => setTimeout(done, 2500))
    ending.abort(new Error('enough'))
    await running
    const ids = seen
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { id: string }).id)
    expect([new Set(ids).size, ids.length]).toEqual([before + 1, before + 1])
  })

  it('is for admins', async ({ at }) => {
    const { token } = await at.project.member('reviewer')
    expect((await at.machine.run(['audit', 'tail'], { env: { HOLDPOINT_TOKEN: token } })).code).toBe(3)
  })
})

describe('audit verify', () => {
  it('finds the server’s log sound, and prints its head', async ({ at }) => {
    await at.project.ask()
    const { code, stdout } = await at.machine.run(['audit', 'verify'])
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(
        /^\d+ entries, all sound\. 1 approvals are what it says of them\.\nHead \d+:[0-9a-f]{64}\n$/,
      ),
    ])
    const head = /Head (\S+)/.exec(stdout)![1]!
    const again = await at.machine.run(['audit', 'verify', '--head', head])
    expect([again.code, again.stdout]).toEqual([0, expect.stringContaining('It goes through the head')])
  })

  it('checks an export without a server, from a file and from stdin', async ({ at }) => {
    await at.project.ask()
    const text = await at.exported()
    writeFileSync(join(at.machine.home, 'audit.ndjson'), text)
    const env = { HOLDPOINT_URL: 'http://127.0.0.1:1', HOLDPOINT_TOKEN: '' }
    const [first] = text.split('\n')
    const { hash } = JSON.parse(first!) as { hash: string }
    const file = await at.machine.run(
      ['audit', 'verify', '--export', 'audit.ndjson', '--head', `1:${hash}`],
      { env },
    )
    expect([file.code, file.stdout]).toEqual([
      0,
      expect.stringMatching(/all sound.*\nIt goes through the head.*\nHead \d+:/),
    ])
    const stdin = await at.machine.run(['audit', 'verify', '--export', '-', '--json'], { env, stdin: text })
    expect(JSON.parse(stdin.stdout)).toMatchObject({
      ok: true,
      fault: null,
      checked: text.trim().split('\n').length,
    })
  })

  it('finds what was changed, taken out, cut off or made anew', async ({ at }) => {
    await at.project.ask()
    const lines = (await at.exported()).trim().split('\n')
    const verify = (changed: string[], ...more: string[]) =>
      at.machine.run(['audit', 'verify', '--export', '-', ...more], { stdin: changed.join('\n') })
    const altered = lines.with(1, lines[1]!.replace('"via":"', '"via":"x'))
    const { hash } = JSON.parse(lines.at(-1)!) as { hash: string }
    const cases: [string[], string[], RegExp][] = [
      [[], [], /The export holds no entry/],
      [altered, [], /Line 2 is not sound: its hash is another\. The 1 before it are\./],
      [lines.toSpliced(1, 1), [], /Line 2 is not sound: entry 2 is missing/],
      [lines.with(1, lines[1]!.slice(0, -5)), [], /Line 2 is not sound/],
      [lines.with(1, '{"seq"'), [], /Line 2 is not sound/],
      [lines.slice(0, -1), ['--head', `${lines.length}:${hash}`], /It does not go through the head/],
      [lines, ['--head', `1:${hash}`], /It does not go through the head/],
      [lines, ['--head', '0'.repeat(64)], /It does not go through the head/],
    ]
    for (const [changed, more, words] of cases) {
      const { code, stderr, stdout } = await verify(changed, ...more)
      expect([code, stdout, stderr]).toEqual([1, '', expect.stringMatching(words)])
    }
  })

  it('ends with 2 for a head or a file that is none, with 5 where nobody answers', async ({ at }) => {
    expect((await at.machine.run(['audit', 'verify', '--head', '1:abc'])).code).toBe(2)
    expect((await at.machine.run(['audit', 'verify', '--export', 'none'])).code).toBe(2)
    const env = { HOLDPOINT_URL: 'http://127.0.0.1:1' }
    expect((await at.machine.run(['audit', 'verify'], { env })).code).toBe(5)
  })
})
