// oxlint-disable vitest/no-standalone-expect -- `it` is vitest's, with a fixture
import { writeFileSync, readFileSync, existsSync } from 'node:fs'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildCommand, makeMachine, type BuiltCommand } from '@/lib/testing/command'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { startRest, type Rest } from '@/lib/testing/rest'
import { hasTerminal, openTerminal, type Terminal } from '@/lib/testing/terminal'

let rest: Rest
let built: BuiltCommand
beforeAll(async () => {
  ;[rest, built] = await Promise.all([startRest(), buildCommand()])
})
afterAll(async () => {
  built.remove()
  await rest.close()
})

type Fixture = {
  project: TestProject
  machine: ReturnType<typeof makeMachine>
  env: Record<string, string>
  open: (size?: { columns: number; rows: number }) => Terminal
  status: (id: string) => Promise<string | undefined>
}

const it = test.extend<{ at: Fixture }>({
  // eslint-disable-next-line no-empty-pattern -- vitest reads the names of the fixtures that it takes
  at: async ({}, use) => {
    const project = await makeTestProject(rest.db)
    const { token } = await project.member('reviewer')
    const machine = makeMachine()
    const env = { HOME: machine.home, HOLDPOINT_URL: rest.url, HOLDPOINT_TOKEN: token }
    const opened: Terminal[] = []
    await use({
      project,
      machine,
      env,
      open: (size) => {
        const terminal = openTerminal([process.execPath, built.file, 'watch'], env, size)
        opened.push(terminal)
        return terminal
      },
      status: async (id) =>
        (await rest.db.execute<{ status: string }>(sql`select status from approvals where id = ${id}`))[0]
          ?.status,
    })
    for (const terminal of opened) terminal.close()
    machine.remove()
  },
})

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms))
async function shows(terminal: Terminal, words: string | RegExp): Promise<void> {
  await expect.poll(() => terminal.screen().join('\n')).toMatch(words)
}

describe.skipIf(!hasTerminal)('on a terminal', () => {
  it('approves in two steps, with the words that were typed', async ({ at }) => {
    const { id } = await at.project.ask()
    const terminal = at.open()
    await shows(terminal, /1 waits {2,}.*live/)
    await shows(terminal, /gated by tester/)
    terminal.type('a')
    await shows(terminal, /Approve gated\? It may then run once/)
    await pause(500)
    terminal.type('As agreed')
    await shows(terminal, /Reason: As agreed/)
    expect(await at.status(id)).toBe('pending')
    terminal.type('\n')
    await shows(terminal, /Approved gated for tester\./)
    expect(await at.status(id)).toBe('approved')
    const { body } = await rest.call('GET', `/api/approvals/${id}`, { token: at.project.agent.token })
    expect(body).toMatchObject({ decision: { reason: 'As agreed' } })
    terminal.type('q')
    expect(await terminal.ended).toBe(0)
  })

  it('rejects the one that the cursor is on, though another comes', async ({ at }) => {
    const first = await at.project.ask({ tool: 'soft' })
    const terminal = at.open()
    await shows(terminal, /1 waits/)
    const second = await at.project.ask({ tool: 'short' })
    await shows(terminal, /1 waits, 1 new: N/)
    terminal.type('r')
    await shows(terminal, /Reject soft\?/)
    await pause(500)
    terminal.type('\u001b[13;5u')
    await shows(terminal, /Rejected soft for tester\./)
    expect([await at.status(first.id), await at.status(second.id)]).toEqual(['rejected', 'pending'])
    terminal.type('n')
    await shows(terminal, /short by tester/)
  })

  it('no single key, paste or burst decides', async ({ at }) => {
    const { id } = await at.project.ask()
    const terminal = at.open()
    await shows(terminal, /1 waits/)
    for (let code = 1; code < 127; code++) {
      const key = String.fromCharCode(code)
      if ('qQ\u0003\u0004'.includes(key)) continue
      terminal.type(key)
      await pause(5)
      terminal.type('\u001b')
      await pause(80)
    }
    for (const burst of ['a\n', 'a\na\n', 'r\r\n', '\u001b[200~a\n\u001b[201~', 'aa\u001b[13;5u', '\n\n\n']) {
      terminal.type(burst)
      await pause(500)
      terminal.type('\u001b')
      await pause(150)
    }
    // sooner than anybody can mean it
    terminal.type('a')
    await pause(100)
    terminal.type('\n')
    await shows(terminal, /Approve gated\?/)
    terminal.type('\r')
    await shows(terminal, /Ctrl Enter or Ctrl J confirms/)
    expect(await at.status(id)).toBe('pending')
    terminal.type('\u001b')
    await shows(terminal, /A: approve…/)
  }, 60_000)

  it('a call can be approved once all of it was on the screen, and several at once', async ({ at }) => {
    const params = Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`param_${n}`, n]))
    const { id } = await at.project.ask({ params })
    const other = await at.project.ask({ tool: 'soft' })
    const terminal = at.open({ columns: 80, rows: 24 })
    await shows(terminal, /2 wait/)
    await shows(terminal, /more lines: Space/)
    terminal.type('a')
    await shows(terminal, /There is more to read first: Space\./)
    for (let n = 0; n < 10; n++) {
      terminal.type(' ')
      await pause(60)
    }
    await shows(terminal, /All of it has been shown\./)
    // keys that come in one piece are a burst, and none
    terminal.type('x')
    await shows(terminal, /1 selected/)
    terminal.type('j')
    await pause(300)
    terminal.type('x')
    await shows(terminal, /2 selected/)
    for (let n = 0; n < 12; n++) {
      terminal.type(' ')
      await pause(60)
    }
    terminal.type('a')
    await shows(terminal, /Approve 2 requests\?/)
    await pause(500)
    terminal.type('\n')
    await shows(terminal, /2 requests were decided\./)
    expect([await at.status(id), await at.status(other.id)]).toEqual(['approved', 'approved'])
  })

  it('somebody else’s decision ends a step, and says so', async ({ at }) => {
    const { id } = await at.project.ask({ tool: 'soft' })
    const other = await at.project.member('reviewer')
    const terminal = at.open()
    await shows(terminal, /1 waits/)
    terminal.type('a')
    await shows(terminal, /Approve soft\?/)
    await rest.call('POST', `/api/approvals/${id}/decisions`, {
      token: other.token,
      body: { decision: 'reject' },
    })
    await shows(terminal, /Somebody else was first\. Nothing was sent\./)
    await shows(terminal, /rejected/)
  })

  it('keeps its lines, whatever an agent writes and however large it is', async ({ at }) => {
    const hostile = '\u001b[2J\u001b]0;owned\u0007\u202e返金返金 \u009b1;1HX\r\n'
    await at.project.ask({ params: { [hostile]: hostile.repeat(20), amount: 1 } })
    const terminal = at.open()
    await shows(terminal, /⟨U\+001B⟩\[2J/)
    terminal.resize(60, 20)
    await expect.poll(() => terminal.screen().length).toBe(20)
    await shows(terminal, /1 waits/)
    terminal.resize(30, 8)
    await shows(terminal, /Make the terminal larger/)
    terminal.resize(100, 30)
    await shows(terminal, /gated by tester/)
    terminal.type('?')
    await shows(terminal, /No single key decides anything\./)
    expect(terminal.written()).not.toContain('\u001b]0;')
    expect(terminal.written()).not.toContain('\u202e')
  })

  it.for<[string, (terminal: Terminal) => void]>([
    ['Q', (terminal) => terminal.type('q')],
    ['Ctrl-C', (terminal) => terminal.type('\u0003')],
    ['SIGTERM', (terminal) => terminal.kill('SIGTERM')],
  ])('leaves the terminal as it was, by %s', async ([, leave], { at }) => {
    const terminal = at.open()
    await shows(terminal, /Nothing waits\./)
    leave(terminal)
    await terminal.ended
    expect(terminal.written()).toMatch(/\u001b\[\?2004l\u001b\[\?7h\u001b\[\?25h\u001b\[\?1049l/)
    expect(terminal.settings()).toMatch(/(?<!-)icanon/)
    expect(terminal.settings()).toMatch(/(?<!-)echo\b/)
  })

  it('says since when nobody answers, and goes on when somebody does', async ({ at }) => {
    await at.project.ask()
    const line = await openLine(rest.url)
    const env = { ...at.env, HOLDPOINT_URL: line.url }
    const terminal = openTerminal([process.execPath, built.file, 'watch', '--patience', '3s'], env)
    await shows(terminal, /1 waits .*live/)
    line.cut()
    await shows(terminal, /1 waits .*no answer since \d\d:\d\d:\d\d/)
    const { id } = await at.project.ask({ tool: 'soft' })
    line.mend()
    await shows(terminal, /1 waits, 1 new: N .*live/)
    expect(await at.status(id)).toBe('pending')
    terminal.close()
    line.close()
  })

  it('ends where its token opens nothing any more: 3', async ({ at }) => {
    const terminal = at.open()
    await shows(terminal, /Nothing waits/)
    await rest.db.execute(sql`update keys set revoked_at = now() where project_id = ${at.project.project.id}`)
    expect(await terminal.ended).toBe(3)
    expect(terminal.written()).toMatch(/1049l[^]*holdpoint:.* none that this Holdpoint knows/)
  })
})

/** A line to a server that can be cut and mended. */
async function openLine(url: string) {
  const { port } = new URL(url)
  let isCut = false
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    if (isCut) return socket.destroy()
    const beyond = connect(Number(port), '127.0.0.1')
    for (const one of [socket, beyond]) {
      sockets.add(one)
      one.on('error', () => undefined)
      one.on('close', () => {
        socket.destroy()
        beyond.destroy()
      })
    }
    socket.pipe(beyond).pipe(socket)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const cut = () => {
    isCut = true
    for (const socket of sockets) socket.destroy()
  }
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut,
    mend: () => void (isCut = false),
    close: () => {
      cut()
      server.close()
    },
  }
}

describe('elsewhere', () => {
  it('writes a line for what waits, what comes and what is decided', async ({ at }) => {
    const first = await at.project.ask()
    const started = built.start(['watch'], at.env)
    await expect
      .poll(started.stdout)
      .toContain(`${first.id}  held, ends in 60 min  tester  gated order_id=ORD-1`)
    const second = await at.project.ask({ tool: 'soft' })
    await expect.poll(started.stdout).toContain(second.id)
    await at.machine.run(['reject', second.id, '-m', 'No.'], { env: at.env })
    await expect.poll(started.stdout).toMatch(new RegExp(`${second.id}  soft: It was rejected by .*: No\\.`))
    started.child.kill('SIGINT')
    expect(await started.done).toMatchObject({ code: 130 })
  })

  it('with --json it writes JSON lines', async ({ at }) => {
    const { id } = await at.project.ask()
    const started = built.start(['watch', '--json'], at.env)
    await expect.poll(started.stdout).toContain('\n')
    expect(JSON.parse(started.stdout().split('\n')[0]!)).toMatchObject({ id, status: 'pending' })
    started.child.kill('SIGTERM')
    expect((await started.done).code).toBe(130)
  })

  it('starts a program for each that is held, with the call on its stdin', async ({ at }) => {
    const file = join(at.machine.home, 'seen.jsonl')
    const program = join(at.machine.home, 'see.mjs')
    writeFileSync(
      program,
      `import { appendFileSync, readFileSync } from 'node:fs'\nappendFileSync(process.argv[2], readFileSync(0))\n`,
    )
    const first = await at.project.ask()
    const started = built.start(['watch', '--', process.execPath, program, file], at.env)
    await expect.poll(() => existsSync(file)).toBe(true)
    const second = await at.project.ask({ tool: 'soft' })
    const ids = () =>
      readFileSync(file, 'utf8')
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { id: string }).id)
    await expect.poll(ids).toEqual([first.id, second.id])
    started.child.kill('SIGINT')
    await started.done
  })

  it('starts the program of --exec so, and takes it in one way', async ({ at }) => {
    const [program, seen] = [join(at.machine.home, 'see'), join(at.machine.home, 'seen.jsonl')]
    writeFileSync(program, `#!/bin/sh\ncat >> '${seen}'\n`, { mode: 0o755 })
    const { id } = await at.project.ask()
    const started = built.start(['watch', '--exec', program], at.env)
    await expect.poll(() => existsSync(seen) && readFileSync(seen, 'utf8')).toContain(`"id":"${id}"`)
    started.child.kill('SIGINT')
    await started.done
    expect((await at.machine.run(['watch', '--exec', program, '--', program], { env: at.env })).code).toBe(2)
  })
})

describe.skipIf(!hasTerminal)('asked at a terminal', () => {
  const asked = async (at: Fixture, argv: string[], question: string, answer: string) => {
    const terminal = openTerminal([process.execPath, built.file, ...argv], at.env)
    await expect.poll(terminal.written, { timeout: 20_000 }).toContain(question)
    terminal.type(`${answer}\r`)
    const code = await terminal.ended
    const text = terminal.written()
    terminal.close()
    return { code, text }
  }

  it('approve shows the call, and approves it on yes alone', async ({ at }) => {
    const { id } = await at.project.ask()
    for (const answer of ['', 'no', 'yes please']) {
      const { code, text } = await asked(at, ['approve', id], 'Type yes or no: ', answer)
      expect([code, await at.status(id)]).toEqual([1, 'pending'])
      expect(text).toContain('ORD-1')
      expect(text).toContain(`${id} was left as it is.`)
    }
    const { code } = await asked(at, ['approve', id], 'Type yes or no: ', 'yes')
    expect([code, await at.status(id)]).toEqual([0, 'approved'])
  })

  it('reject asks for the reason, and leaves it without one', async ({ at }) => {
    const { id } = await at.project.ask()
    expect((await asked(at, ['reject', id], 'Give the reason', '')).code).toBe(1)
    expect(await at.status(id)).toBe('pending')
    const { code, text } = await asked(at, ['reject', id], 'Give the reason', 'Not today.')
    expect([code, await at.status(id)]).toEqual([0, 'rejected'])
    expect(text).toContain('Not today.')
  })
})
