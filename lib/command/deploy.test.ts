// oxlint-disable vitest/no-standalone-expect -- `it` is vitest's, with a fixture
import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
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
  put: (files: Record<string, string>) => void
  /** What is in force: the version and the file. */
  inForce: (name: string) => Promise<{ version: number; config: string } | undefined>
}

const it = test.extend<{ at: Fixture }>({
  // eslint-disable-next-line no-empty-pattern -- vitest reads the names of the fixtures that it takes
  at: async ({}, use) => {
    const project = await makeTestProject(rest.db)
    const admin = await project.member('admin')
    const machine = makeMachine({ HOLDPOINT_URL: rest.url, HOLDPOINT_TOKEN: admin.token })
    await use({
      project,
      machine,
      put: (files) => {
        for (const [path, text] of Object.entries(files)) {
          mkdirSync(dirname(join(machine.home, path)), { recursive: true })
          writeFileSync(join(machine.home, path), text)
        }
      },
      inForce: async (name) => {
        const { status, body } = await rest.call('GET', `/api/agents/${name}`, { token: admin.token })
        return status === 200 ? (body as never) : undefined
      },
    })
    machine.remove()
  },
})

const desk = 'name: desk\napproval:\n  tools:\n    - refund: param.amount > 1000\n'

describe('deploy', () => {
  it('puts a folder in force, says what was understood, and again changes nothing', async ({ at }) => {
    at.put({ 'agents/a.yaml': desk, 'agents/b.yaml': 'approval: { tools: [drop_table] }\n' })
    const first = await at.machine.run(['deploy', 'agents'])
    expect(first).toMatchObject({ code: 0, stderr: '' })
    expect(first.stdout).toBe(`desk new, version 1 (agents/a.yaml)
  holds refund where param.amount > 1000; 3600 s, then the run fails without it
b new, version 1 (agents/b.yaml)
  holds drop_table always; 3600 s, then the run fails without it
`)
    expect(await at.inForce('desk')).toMatchObject({ version: 1, config: desk })
    const again = await at.machine.run(['deploy', 'agents', '--json'])
    expect(JSON.parse(again.stdout)).toMatchObject({
      deployed: true,
      agents: [{ agent: 'desk', change: 'none', version: 1 }, { change: 'none' }],
    })
  })

  it('refuses --prune in a sentence, and deploys nothing', async ({ at }) => {
    at.put({ 'a.yaml': desk })
    const { code, stderr } = await at.machine.run(['deploy', 'a.yaml', '--prune'])
    expect(code).toBe(2)
    expect(stderr).toContain('an agent cannot be undeployed')
    expect(await at.inForce('desk')).toBeUndefined()
  })

  it('shows what would change, and with --dry-run changes nothing', async ({ at }) => {
    at.put({ 'a.yaml': desk })
    await at.machine.run(['deploy', 'a.yaml'])
    at.put({ 'a.yaml': desk.replace('1000', '500') })
    const { code, stdout, stderr } = await at.machine.run(['deploy', 'a.yaml', '--dry-run', '--diff'])
    expect([code, stderr]).toEqual([0, 'Nothing was deployed.\n'])
    expect(stdout).toContain('desk would be changed (a.yaml)')
    expect(stdout).toContain('  -    - refund: param.amount > 1000\n  +    - refund: param.amount > 500\n')
    expect(await at.inForce('desk')).toMatchObject({ version: 1 })
  })

  it('deploys none where the server refuses one, or warns of it', async ({ at }) => {
    at.put({ 'a.yaml': desk, 'z.yaml': 'approval:\n  tools: [t]\n  timout: 60\n' })
    const strict = await at.machine.run(['deploy', '.'])
    expect([strict.code, strict.stdout]).toEqual([1, ''])
    expect(strict.stderr).toMatch(/^z\.yaml:3:3: .*timeout.*\nNothing was deployed\.\n$/)
    expect(await at.inForce('desk')).toBeUndefined()
    at.put({ 'z.yaml': 'approval:\n  tools: [t: "param.amount >"]\n' })
    const refused = await at.machine.run(['deploy', '.', '--lenient'])
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringMatching(/^z\.yaml:2:\d+: /)])
    expect(await at.inForce('desk')).toBeUndefined()
    at.put({ 'z.yaml': 'approval:\n  tools: [t]\n  timout: 60\n' })
    const lenient = await at.machine.run(['deploy', '.', '--lenient'])
    expect([lenient.code, lenient.stdout]).toEqual([0, expect.stringMatching(/! .*timout/)])
  })

  it('merges the defaults of the folders, and keeps the file’s own words', async ({ at }) => {
    at.put({
      '_defaults.yaml': 'approval:\n  tools: [everywhere, refund]\n  timeout: 60\n',
      'team/a.yaml': `# kept\n${desk}`,
    })
    const { code, stdout } = await at.machine.run(['deploy', '.'])
    expect([code, stdout]).toEqual([
      0,
      expect.stringContaining('desk new, version 1 (team/a.yaml, with _defaults.yaml)'),
    ])
    const { config } = (await at.inForce('desk'))!
    expect(config).toMatch(/^# kept\n/)
    expect(stdout).toContain('holds everywhere always; 60 s')
    expect(stdout).toContain('holds refund where param.amount > 1000; 60 s')
    expect(stdout).not.toContain('holds refund always')
  })

  it('tells of what it leaves out, and reads nothing but regular files', async ({ at }) => {
    at.put({ 'agents/a.yaml': desk, 'agents/b.YAML': desk, 'other/c.yaml': desk, 'agents/note.txt': '' })
    const { home } = at.machine
    symlinkSync(join(home, 'other/c.yaml'), join(home, 'agents/c.yaml'))
    symlinkSync(join(home, 'other'), join(home, 'agents/others'))
    symlinkSync(join(home, 'away'), join(home, 'agents/note'))
    execFileSync('mkfifo', ['agents/d.yaml', 'other/_defaults.yaml'], { cwd: home })
    const { code, stdout, stderr } = await at.machine.run(['deploy', 'agents', '-n'])
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^desk would be new \(agents\/a\.yaml\)/)])
    expect(stderr).toBe(`agents/b.YAML does not end with .yaml in small letters; it is left out.
agents/c.yaml is a link; it is left out.
agents/d.yaml is no regular file; it is left out.
agents/others is a link; it is left out.
Nothing was deployed.
`)
    expect(await at.machine.run(['deploy', 'agents/d.yaml'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('agents/d.yaml is neither a file nor a folder') as string,
    })
    expect(await at.machine.run(['deploy', 'other'])).toMatchObject({
      code: 1,
      stderr: 'other/_defaults.yaml:1:1: this is no regular file\nNothing was deployed.\n',
    })
  })

  it('stops where somebody deployed since it looked: 4', async ({ at }) => {
    at.put({ 'a.yaml': desk })
    await at.machine.run(['deploy', 'a.yaml'])
    at.put({ 'a.yaml': desk.replace('1000', '500') })
    const token = at.project.agent.token
    // the check that goes before it takes the place of a moment
    const { code, stderr } = await at.machine.run(['deploy', 'a.yaml'], {
      env: {
        HOLDPOINT_URL: await behind(rest.url, async (path) => {
          if (!path.includes('/check')) return
          const headers = { 'Content-Type': 'application/yaml' }
          await rest.call('PUT', '/api/agents/desk', { token, body: desk.replace('1000', '700'), headers })
        }),
      },
    })
    expect([code, stderr]).toEqual([4, expect.stringMatching(/^holdpoint: desk was not deployed: /)])
    expect(await at.inForce('desk')).toMatchObject({ version: 2, config: desk.replace('1000', '700') })
  })

  it('goes with an agent’s key, where no person’s token is', async ({ at }) => {
    at.put({ 'a.yaml': desk })
    const env = { HOLDPOINT_TOKEN: '', HOLDPOINT_KEY: at.project.agent.token }
    expect((await at.machine.run(['deploy', 'a.yaml'], { env })).code).toBe(0)
    const { token } = await at.project.member('reviewer')
    const reviewer = await at.machine.run(['deploy', 'a.yaml'], { env: { HOLDPOINT_TOKEN: token } })
    expect(reviewer.code).toBe(3)
  })

  it('and check --server judges by what is in force', async ({ at }) => {
    at.put({ 'a.yaml': `${desk}cases:\n  - { tool: refund, params: { amount: 600 }, expect: run }\n` })
    await at.machine.run(['deploy', 'a.yaml'])
    expect((await at.machine.run(['check', '--server'])).code).toBe(0)
    at.put({
      'a.cases.yaml':
        '- { agent: desk, tool: refund, params: { amount: 600 }, expect: ask }\n- { agent: nobody, tool: t, expect: run }\n',
    })
    const { code, stdout } = await at.machine.run(['check', '--server'])
    expect(code).toBe(1)
    expect(stdout).toMatch(/it runs, and was expected to be held/)
    expect(stdout).toMatch(/the server has no agent nobody/)
  })
})

/** A server before the server, which does something of its own before it sends a request on. */
async function behind(url: string, before: (path: string) => Promise<unknown>): Promise<string> {
  const { createServer } = await import('node:http')
  const server = createServer(async (incoming, outgoing) => {
    const parts: Buffer[] = []
    for await (const part of incoming) parts.push(part as Buffer)
    await before(incoming.url ?? '')
    const {
      host: _,
      connection: __,
      'content-length': ___,
      'transfer-encoding': ____,
      ...headers
    } = incoming.headers
    const answer = await fetch(url + incoming.url, {
      method: incoming.method!,
      headers: headers as Record<string, string>,
      ...(parts.length > 0 && { body: Buffer.concat(parts) }),
    })
    outgoing.writeHead(answer.status, { 'Content-Type': answer.headers.get('content-type') ?? '' })
    outgoing.end(Buffer.from(await answer.arrayBuffer()))
  })
  server.unref()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`
}
