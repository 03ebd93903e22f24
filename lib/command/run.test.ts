// oxlint-disable vitest/no-standalone-expect -- `it` is vitest's, with a fixture
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeAgents, type Agents } from '@/lib/testing/agent'
import { buildCommand, type BuiltCommand } from '@/lib/testing/command'
import { startRest, type Rest } from '@/lib/testing/rest'

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
  agents: Agents
  folder: string
  /** The file that a program leaves when it has run, and what is in it. */
  ran: () => string | undefined
  /** `holdpoint run` with these arguments, of the agent whose key it is. */
  start: (argv: string[], env?: Record<string, string>) => ReturnType<BuiltCommand['start']>
}

const it = test.extend<{ at: Fixture }>({
  // eslint-disable-next-line no-empty-pattern -- vitest reads the names of the fixtures that it takes
  at: async ({}, use) => {
    const agents = await makeAgents(rest)
    const folder = mkdtempSync(join(tmpdir(), 'holdpoint-run-'))
    const mark = join(folder, 'ran')
    await use({
      agents,
      folder,
      ran: () => (existsSync(mark) ? readFileSync(mark, 'utf8') : undefined),
      start: (argv, env = {}) =>
        built.start(
          ['run', ...argv],
          {
            HOME: folder,
            HOLDPOINT_URL: rest.url,
            HOLDPOINT_KEY: agents.token,
            HOLDPOINT_AGENT: 'tester',
            ...env,
          },
          folder,
        ),
    })
    rmSync(folder, { recursive: true, force: true })
  },
})

/** A program that leaves a mark with its arguments, writes, and ends with a code. */
const program = (code = 0, more = '') => [
  process.execPath,
  '-e',
  `require('fs').appendFileSync('ran', JSON.stringify(process.argv.slice(1)) + '\\n'); console.log('out'); console.error('err'); ${more}; process.exitCode = ${code}`,
]

describe('a program', () => {
  it('that no rule holds runs at once, and its output and result are there', async ({ at }) => {
    const { code, stdout, stderr } = await at.start(['-t', 'lookup', '--run', 'r', '--', ...program()]).done
    expect([code, stdout, stderr]).toEqual([0, 'out\n', 'err\n'])
    expect(at.ran()).toBe('[]\n')
    expect(await at.agents.call('r', 'lookup')).toMatchObject({
      status: 'succeeded',
      output: { exit_code: 0, output: expect.stringMatching(/out/) as string },
    })
  })

  it('that is held runs once it is approved, with its arguments as they stand', async ({ at }) => {
    const hostile = '$(touch pwned); `id` && echo "x" \' *'
    const started = at.start(['-t', 'gated', '-d', 'A release.', '--', ...program(), hostile, '{env}'])
    const { id } = await at.agents.held('gated')
    const { body } = await rest.call('GET', `/api/approvals/${id}`, { token: at.agents.reviewer.token })
    expect(body).toMatchObject({
      description: 'A release.',
      params: { command: [...program(), hostile, '{env}'] },
    })
    expect(at.ran()).toBeUndefined()
    await at.agents.decide('gated', 'approve')
    const { code, stderr } = await started.done
    expect(code).toBe(0)
    expect(at.ran()).toBe(`${JSON.stringify([hostile, '{env}'])}\n`)
    expect(existsSync(join(at.folder, 'pwned'))).toBe(false)
    expect(stderr).toMatch(/It waits for a person, until .*: http/)
  })

  it('gets the approved params where {name} stands, and as JSON', async ({ at }) => {
    const more = `require('fs').writeFileSync('params', process.env.HOLDPOINT_PARAMS)`
    const argv = [
      '-t',
      'lookup',
      '-p',
      'env=prod uction',
      '-p',
      'count:=[1,"2"]',
      '--',
      ...program(0, more),
      'to-{env}',
      '{count}',
      '{other}',
    ]
    expect((await at.start(argv).done).code).toBe(0)
    expect(at.ran()).toBe(`${JSON.stringify(['to-prod uction', '[1,"2"]', '{other}'])}\n`)
    expect(JSON.parse(readFileSync(join(at.folder, 'params'), 'utf8'))).toMatchObject({
      env: 'prod uction',
      count: [1, '2'],
    })
  })

  it('whose exit code is kept, and recorded as a failure', async ({ at }) => {
    const { code } = await at.start(['-t', 'lookup', '--run', 'r', '--', ...program(42)]).done
    expect(code).toBe(42)
    const call = await at.agents.call('r', 'lookup')
    expect(call).toMatchObject({ status: 'failed', error: { name: 'CommandFailed' } })
    expect(String((call.error as { message: string }).message)).toMatch(/^Ended with exit code 42\.\n/)
  })

  it('of the same run and call never runs twice, and ends as it did', async ({ at }) => {
    const argv = ['-t', 'lookup', '--run', 'r', '--call', 'c', '--', ...program(3)]
    expect((await at.start(argv).done).code).toBe(3)
    const again = await at.start(argv).done
    expect([again.code, again.stdout]).toEqual([3, ''])
    expect(again.stderr).toMatch(/It ran before and ended with 3; it was not run again/)
    expect(at.ran()).toBe('[]\n')
  })

  it('keeps the last 4 kB of what it writes, whole characters', async ({ at }) => {
    const more = `process.stdout.write('é'.repeat(50000) + 'END')`
    const { stdout } = await at.start(['-t', 'lookup', '--run', 'r', '--', ...program(0, more)]).done
    expect(stdout).toContain('é'.repeat(50_000))
    const { output } = await at.agents.call('r', 'lookup')
    const text = (output as { output: string }).output
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(4096)
    expect(text).toMatch(/^é+END/)
  })

  it('is not told of the token with which a person decides', async ({ at }) => {
    const more = `require('fs').writeFileSync('token', String(process.env.HOLDPOINT_TOKEN))`
    await at.start(['-t', 'lookup', '--', ...program(0, more)], { HOLDPOINT_TOKEN: at.agents.reviewer.token })
      .done
    expect(readFileSync(join(at.folder, 'token'), 'utf8')).toBe('undefined')
  })

  it('gets the signals that are sent, and has the last word', async ({ at }) => {
    const more = `process.on('SIGTERM', () => { console.log('bye'); process.exit(7) }); setInterval(() => {}, 1000); console.log('listens')`
    const started = at.start(['-t', 'lookup', '--run', 'r', '--', ...program(0, more)])
    await expect.poll(started.stdout).toContain('listens')
    started.child.kill('SIGTERM')
    expect(await started.done).toMatchObject({ code: 7, stdout: 'out\nlistens\nbye\n' })
    await expect.poll(() => at.agents.call('r', 'lookup')).toMatchObject({ status: 'failed' })
  })

  it('that a signal ends counts as 128 and its number', async ({ at }) => {
    const { code } = await at.start([
      '-t',
      'lookup',
      '--',
      ...program(0, `process.kill(process.pid, 'SIGKILL')`),
    ]).done
    expect(code).toBe(137)
  })
})

describe('nothing runs', () => {
  it('that is rejected: 1, with who and why', async ({ at }) => {
    const started = at.start(['-t', 'gated', '--', ...program()])
    await at.agents.decide('gated', 'reject', 'Not today.')
    const { code, stderr } = await started.done
    expect([code, at.ran()]).toEqual([1, undefined])
    expect(stderr).toContain('Not today.')
  })

  it('that is rejected where the run goes on: 1', async ({ at }) => {
    const started = at.start(['-t', 'soft', '--', ...program()])
    await at.agents.decide('soft', 'reject')
    expect((await started.done).code).toBe(1)
    expect(at.ran()).toBeUndefined()
  })

  it('that expires: 1', async ({ at }) => {
    const started = at.start(['-t', 'gated', '--', ...program()])
    await at.agents.expire('gated')
    expect((await started.done).code).toBe(1)
    expect(at.ran()).toBeUndefined()
  })

  it('where it is interrupted: 130, the request stays, and the same call goes on', async ({ at }) => {
    const argv = ['-t', 'gated', '--run', 'r', '--', ...program()]
    const started = at.start(argv)
    await at.agents.held('gated')
    started.child.kill('SIGINT')
    expect((await started.done).code).toBe(130)
    await at.agents.decide('gated', 'approve')
    expect(at.ran()).toBeUndefined()
    expect((await at.start(argv).done).code).toBe(0)
    expect(at.ran()).toBe('[]\n')
  })

  it('of what was claimed before with nobody knowing what became of it: 1', async ({ at }) => {
    // nobody is left who could end it
    const more = `setTimeout(() => {}, 20_000)`
    const argv = ['-t', 'lookup', '--run', 'r', '--', ...program(0, more)]
    const started = at.start(argv)
    await expect.poll(started.stdout).toContain('out')
    started.child.kill('SIGKILL')
    await started.done
    const again = await at.start(argv).done
    expect([again.code, at.ran()]).toEqual([1, '[]\n'])
    expect(again.stderr).toMatch(/Look whether lookup ran as lookup/)
  })

  it('with other params under the same ids: 2', async ({ at }) => {
    const argv = (amount: string) => [
      '-t',
      'gated',
      '--run',
      'r',
      '-p',
      `amount:=${amount}`,
      '--',
      ...program(),
    ]
    const started = at.start(argv('1'))
    await at.agents.held('gated')
    expect((await at.start(argv('2')).done).code).toBe(2)
    started.child.kill('SIGINT')
    await started.done
    expect(at.ran()).toBeUndefined()
  })

  it('without a key, with one that was revoked, or that may not: 3', async ({ at }) => {
    const argv = ['-t', 'lookup', '--', ...program()]
    const { token } = await at.agents.key(['read'])
    for (const key of ['', 'hpa_abcdefgh_00000000000000000000000000000000', token]) {
      expect((await at.start(argv, { HOLDPOINT_KEY: key }).done).code).toBe(3)
    }
    expect(at.ran()).toBeUndefined()
  })

  it.for<[string, RequestListener]>([
    ['a server that says 500', (_, answer) => answer.writeHead(500).end('broken')],
    ['a server that is busy for ever', (_, answer) => answer.writeHead(503, { 'Retry-After': '1' }).end()],
    [
      'a page of a proxy',
      (_, answer) => answer.writeHead(200, { 'Content-Type': 'text/html' }).end('<h1>Welcome</h1>'),
    ],
    [
      'JSON that is no answer',
      (_, answer) => answer.writeHead(200, { 'Content-Type': 'application/json' }).end('{"required":false}'),
    ],
    [
      'half an answer',
      (_, answer) =>
        answer.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': 100 }).end('{'),
    ],
    ['a redirect', (_, answer) => answer.writeHead(302, { Location: 'http://127.0.0.1:1/' }).end()],
    ['a server that never answers', () => undefined],
    ['a server that hangs up', (incoming) => incoming.socket.destroy()],
  ])('with %s: 5', async ([, listener], { at }) => {
    const fake = createServer(listener)
    await new Promise<void>((done) => fake.listen(0, '127.0.0.1', done))
    const env = { HOLDPOINT_URL: `http://127.0.0.1:${(fake.address() as AddressInfo).port}` }
    const { code } = await at.start(['-t', 'lookup', '--patience', '1s', '--', ...program()], env).done
    fake.closeAllConnections()
    fake.close()
    expect([code, at.ran()]).toEqual([5, undefined])
  })

  it('with nobody at the address: 5', async ({ at }) => {
    const { code } = await at.start(['-t', 'lookup', '--patience', '1s', '--', ...program()], {
      HOLDPOINT_URL: 'http://127.0.0.1:1',
    }).done
    expect([code, at.ran()]).toEqual([5, undefined])
  })

  it('and nobody is asked where there is no such program: 2', async ({ at }) => {
    writeFileSync(join(at.folder, 'data'), '')
    for (const cmd of ['no-such-program', './no-such', './data', '.']) {
      expect((await at.start(['-t', 'gated', '--', cmd]).done).code).toBe(2)
    }
    const { body } = await rest.call('GET', '/api/approvals', { token: at.agents.reviewer.token })
    expect(body.items).toEqual([])
  })
})
