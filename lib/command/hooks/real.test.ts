import { execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, beforeEach, describe, expect, test, type TestContext } from 'vitest'
import { deployAgent } from '@/lib/agents/deploy'
import { makeAgents, type Agents } from '@/lib/testing/agent'
import { keepBook } from '@/lib/testing/book'
import { codingAgents as programs, type CodingAgent as Name } from '@/lib/testing/coding-agents'
import { startRest, type Rest } from '@/lib/testing/rest'
import { startScriptedModel } from '@/lib/testing/scripted-model'

// The coding agents themselves, with a model on this machine, the settings that `holdpoint install` writes and the command
// as it is built. Where npm has none of them for this machine, its tests are skipped and say so.

const policy = `approval:
  tools:
    - Bash: '"deploy" in param.command'
`
/** By agent, what a no and a deadline lead to. */
const policies = {
  coder: `${policy}  on_rejection: continue\n`,
  hasty: `${policy}  on_rejection: continue\n  timeout: 30\n`,
  parked: `${policy}  on_rejection: continue\n  timeout: 30\n`,
  strict: `${policy}  timeout: 30\n`,
}
type Agent = keyof typeof policies

const note = keepBook()
let rest: Rest
let agents: Agents
/** A folder that has the command as people have it. */
let bin: string
beforeAll(async () => {
  rest = await startRest()
  agents = await makeAgents(rest)
  for (const [name, config] of Object.entries(policies)) await deployAgent(agents.agent, { name, config })
  bin = mkdtempSync(join(tmpdir(), 'holdpoint-bin-'))
  execFileSync(process.execPath, ['lib/command/build.mjs', join(bin, 'dist')])
  writeFileSync(
    join(bin, 'holdpoint'),
    `#!/bin/sh\necho $$ >> "$HOME/hooks"\nexec '${process.execPath}' '${join(bin, 'dist/holdpoint.js')}' "$@"\n`,
  )
  chmodSync(join(bin, 'holdpoint'), 0o755)
})
afterAll(async () => {
  await rest?.close()
  if (bin) rmSync(bin, { recursive: true, force: true })
})

type Life = ReturnType<typeof makeLife>

/** One life of a coding agent: a home, a folder to work in, and a ledger of what its tools did there. */
function makeLife(name: Name, { url = rest.url, agent = 'coder' }: { url?: string; agent?: Agent } = {}) {
  const home = mkdtempSync(join(tmpdir(), `holdpoint-${name}-`))
  const work = join(home, 'work')
  mkdirSync(work)
  const path = (file: string) => join(work, file)
  const env: Record<string, string | undefined> = {
    ...process.env,
    HOME: home,
    PATH: `${bin}${delimiter}${process.env.PATH}`,
    XDG_CONFIG_HOME: join(home, '.config'),
    HOLDPOINT_URL: url,
    HOLDPOINT_KEY: agents.token,
    HOLDPOINT_AGENT: agent,
    HOLDPOINT_PATIENCE: '20s',
    CLAUDE_CONFIG_DIR: join(home, '.claude'),
    CODEX_HOME: join(home, '.codex'),
    COPILOT_HOME: join(home, '.copilot'),
  }
  const holdpoint = (...args: string[]) =>
    execFileSync(join(bin, 'holdpoint'), args, {
      env: env as NodeJS.ProcessEnv,
      cwd: work,
      encoding: 'utf8',
      stdio: 'pipe',
    })
  const life = {
    agent,
    env,
    work,
    holdpoint,
    ran: () => (existsSync(path('ledger')) ? readFileSync(path('ledger'), 'utf8').trim().split('\n') : []),
    /** The hooks that are at work, by their process ids. */
    hooks: () =>
      existsSync(join(home, 'hooks'))
        ? readFileSync(join(home, 'hooks'), 'utf8').trim().split('\n').map(Number)
        : [],
    /** Has the agent run these commands, and waits for its end. */
    run: async (commands: string[]) => {
      const calls = commands.map((command, at) => callOf(name, `${command} >> ledger`, `${Date.now()}${at}`))
      const model = await startScriptedModel(calls)
      try {
        const { args, variables } = set(name, model.url, home, work)
        const child = spawn(programs[name] ?? '', args, {
          cwd: work,
          env: { ...env, ...variables } as NodeJS.ProcessEnv,
          stdio: ['ignore', 'pipe', 'pipe'],
        })
        let [told, said] = ['', '']
        child.stdout.on('data', (chunk) => {
          told += String(chunk)
          said += String(chunk)
        })
        child.stderr.on('data', (chunk) => (said += String(chunk)))
        const timer = setTimeout(() => child.kill('SIGKILL'), 90_000)
        const [code] = (await once(child, 'close')) as [number | null]
        clearTimeout(timer)
        const heard = model.heard.join('\n')
        note({ name, agent, commands, code, ran: life.ran(), heard: heard.slice(0, 400) })
        return { code, told, said, heard }
      } finally {
        model.close()
      }
    },
    remove: () => rmSync(home, { recursive: true, force: true }),
  }
  return life
}

function callOf(name: Name, command: string, id: string) {
  if (name === 'codex') return { id: `call_${id}`, name: 'exec_command', input: { cmd: command } }
  const tool = name === 'copilot' ? 'bash' : 'Bash'
  return { id: `toolu_${id}`, name: tool, input: { command, description: 'Work' } }
}

const claudeOptions = ['--model', 'scripted', '--allowedTools', 'Bash']

function set(name: Name, model: string, home: string, work: string) {
  if (name === 'claude-code') {
    return {
      args: ['-p', 'Go on.', ...claudeOptions, '--output-format', 'json'],
      variables: {
        ANTHROPIC_BASE_URL: model,
        ANTHROPIC_API_KEY: 'none-is-needed',
        CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      },
    }
  }
  if (name === 'codex') {
    const provider = `[model_providers.scripted]\nname = "scripted"\nbase_url = "${model}/v1"\nwire_api = "responses"\n`
    const config = `model = "scripted"\nmodel_provider = "scripted"\napproval_policy = "never"\nsandbox_mode = "danger-full-access"\n`
    mkdirSync(join(home, '.codex'), { recursive: true })
    writeFileSync(
      join(home, '.codex', 'config.toml'),
      `${config}${provider}[projects."${work}"]\ntrust_level = "trusted"\n`,
    )
    return {
      args: ['exec', '--skip-git-repo-check', '--dangerously-bypass-hook-trust', 'Go on.'],
      variables: {},
    }
  }
  const variables = {
    COPILOT_OFFLINE: 'true',
    COPILOT_PROVIDER_BASE_URL: model,
    COPILOT_PROVIDER_TYPE: 'anthropic',
    COPILOT_PROVIDER_API_KEY: 'none-is-needed',
    COPILOT_MODEL: 'claude-sonnet-4',
  }
  return {
    args: ['-p', 'Go on.', '--allow-all-tools', '--no-auto-update', '--disable-builtin-mcps'],
    variables,
  }
}

type Held = { id: string; run_id: string; params: { command: string } }

async function held(words: string, agent: Agent = 'coder', status = 'pending'): Promise<Held> {
  for (let tries = 0; tries < 600; tries++) {
    const path = `/api/approvals?status=${status}&agent=${agent}`
    const { body } = await rest.call('GET', path, { token: agents.token })
    const found = (body.items as Held[]).find(({ params }) => params.command.includes(words))
    if (found) return found
    await new Promise((next) => setTimeout(next, 100))
  }
  throw new Error(`nothing is ${status} with ${words}`)
}

async function decide(words: string, decision: 'approve' | 'reject', reason?: string): Promise<Held> {
  const found = await held(words)
  const body = { decision, reason }
  const { status } = await rest.call('POST', `/api/approvals/${found.id}/decisions`, {
    token: agents.reviewer.token,
    body,
  })
  expect(status).toBe(201)
  return found
}

async function stepsOf(run: string) {
  const { body } = await rest.call('GET', `/api/runs/${run}`, { token: agents.token })
  return body.steps as { status: string; output: unknown; params: object }[]
}

const seconds = 1000

const names = Object.keys(programs) as Name[]

function requireProgram(name: Name, context: TestContext) {
  if (!programs[name]) context.skip(`npm has no ${name} for ${process.platform} ${process.arch}`)
}

describe.each(names)('%s itself', (name) => {
  beforeEach((context) => requireProgram(name, context))

  test(
    'runs what no rule asks for and what is approved, once each, and tells what came of it',
    async () => {
      const life = makeLife(name)
      life.holdpoint('install', name)
      expect((await life.run([`echo test-${name}`])).code).toBe(0)
      const ended = life.run([`echo deploy-${name}`])
      const { run_id } = await decide(`deploy-${name}`, 'approve')
      const { code } = await ended
      expect([code, life.ran()]).toEqual([0, [`test-${name}`, `deploy-${name}`]])
      expect(await stepsOf(run_id)).toMatchObject([{ status: 'succeeded' }])
      life.remove()
    },
    120 * seconds,
  )

  test(
    'does not run what is rejected, and hears why',
    async () => {
      const life = makeLife(name)
      life.holdpoint('install', name)
      const ended = life.run([`echo deploy-no-${name}`])
      await decide(`deploy-no-${name}`, 'reject', 'Not on a Friday.')
      expect((await ended).heard).toContain('Not on a Friday.')
      expect(life.ran()).toEqual([])
      life.remove()
    },
    120 * seconds,
  )

  test(
    'runs nothing while Holdpoint is away, or its hook was killed',
    async () => {
      const life = makeLife(name, { url: 'http://127.0.0.1:9' })
      life.env.HOLDPOINT_PATIENCE = '1s'
      life.holdpoint('install', name)
      await life.run([`echo test-away-${name}`])
      expect(life.ran()).toEqual([])
      life.remove()

      const other = makeLife(name)
      other.holdpoint('install', name)
      const ended = other.run([`echo deploy-killed-${name}`])
      const { id } = await held(`deploy-killed-${name}`)
      const pid = other.hooks().at(-1)
      if (pid !== undefined) process.kill(pid, 'SIGKILL')
      await ended
      expect(other.ran()).toEqual([])
      // what a person says now lets nothing run
      await rest.call('POST', `/api/approvals/${id}/decisions`, {
        token: agents.reviewer.token,
        body: { decision: 'approve' },
      })
      expect(other.ran()).toEqual([])
      other.remove()
    },
    180 * seconds,
  )

  test(
    'waits on while the server is away for a while, and runs the one of two that is approved',
    async () => {
      const between = await startBetween(Number(new URL(rest.url).port))
      const life = makeLife(name, { url: between.url })
      life.holdpoint('install', name)
      const ended = life.run([`echo deploy-a-${name}`, `echo deploy-b-${name}`])
      await held(`deploy-a-${name}`)
      await between.down()
      await new Promise((next) => setTimeout(next, 3 * seconds))
      await between.up()
      await decide(`deploy-a-${name}`, 'reject')
      await decide(`deploy-b-${name}`, 'approve')
      await ended
      expect(life.ran()).toEqual([`deploy-b-${name}`])
      await between.down()
      life.remove()
    },
    180 * seconds,
  )
})

describe('Claude Code itself', () => {
  beforeEach((context) => requireProgram('claude-code', context))

  test(
    'parks what is held without a process, and resumes with the decision',
    async () => {
      const life = makeLife('claude-code')
      await park(life, 'deploy-parked')
      await decide('deploy-parked', 'approve')
      await resume(life)
      expect(life.ran()).toEqual(['deploy-parked'])
      life.remove()
    },
    180 * seconds,
  )

  test(
    'asks by HTTP with nothing but its settings',
    async () => {
      const life = makeLife('claude-code')
      life.holdpoint('install', 'claude-code', '--http', '--agent', 'coder')
      expect((await life.run(['echo test-http'])).code).toBe(0)
      const ended = life.run(['echo deploy-http'])
      await new Promise((next) => setTimeout(next, 3 * seconds))
      const { run_id } = await decide('deploy-http', 'approve')
      await ended
      expect(life.ran()).toEqual(['test-http', 'deploy-http'])
      expect(await stepsOf(run_id)).toMatchObject([{ status: 'succeeded' }])
      life.env.HOLDPOINT_KEY = 'hpa_none'
      await life.run(['echo test-no-key'])
      expect(life.ran()).toHaveLength(2)
      life.remove()
    },
    180 * seconds,
  )
})

/** Has Claude Code end where its call is held. */
async function park(life: Life, words: string) {
  life.holdpoint('install', 'claude-code', '--park')
  const { told } = await life.run([`echo ${words}`])
  const { stop_reason, session_id } = JSON.parse(told) as Record<string, string>
  expect([stop_reason, life.ran()]).toEqual(['tool_deferred', []])
  expect(session_id).toMatch(/^[\da-f-]{36}$/)
}

/** Has the command wake what Claude Code parked. @returns what its model hears */
async function resume(life: Life): Promise<string> {
  const model = await startScriptedModel([])
  const { variables } = set('claude-code', model.url, '', '')
  const env = { ...life.env, ...variables } as NodeJS.ProcessEnv
  const again = `'${programs['claude-code']}' -p --resume "$HOLDPOINT_SESSION" ${claudeOptions.join(' ')}`
  const work = ['work', '--agent', life.agent, '--once', '--', 'sh', '-c', again]
  // a session is known in its folder alone; runs of other tests may go on too, and fail
  await promisify(execFile)(join(bin, 'holdpoint'), work, { env, cwd: life.work }).catch(() => undefined)
  model.close()
  const heard = model.heard.join('\n')
  note({ name: 'claude-code', agent: life.agent, resumed: true, ran: life.ran(), heard })
  return heard
}

const tooLate = 'Bash was not run: nobody decided before the deadline, so the request expired.'

/** The policy's own deadline passes, by the clock of the database. */
describe.concurrent('what nobody decides on in time does not run, and its model hears so', () => {
  const late: [string, Name, string[], Agent][] = [
    ...names.map((name): [string, Name, string[], Agent] => [name, name, [], 'hasty']),
    ['claude-code by HTTP', 'claude-code', ['--http', '--agent', 'hasty'], 'hasty'],
    ['claude-code, whose run ends with a no', 'claude-code', [], 'strict'],
  ]
  test.for(late)('%s', { timeout: 180 * seconds }, async ([title, name, more, agent], context) => {
    requireProgram(name, context)
    const life = makeLife(name, { agent })
    life.holdpoint('install', name, ...more)
    const words = `deploy-late-${title.replaceAll(/\W+/g, '-')}`
    const ended = life.run([`echo ${words}`])
    const { id, run_id } = await held(words, agent)
    const { told, heard } = await ended
    await expectExpired(id, run_id, agent === 'strict' ? 'failed' : 'running')
    if (agent === 'strict') {
      // what ends the run ends the session, too: no model is asked again
      expect(JSON.parse(told)).toMatchObject({ terminal_reason: 'hook_stopped' })
      expect(heard).toBe('')
    } else {
      expect(heard).toContain(tooLate)
      expect(heard).not.toMatch(/reject/i)
    }
    expect(life.ran()).toEqual([])
    life.remove()
  })

  test(
    'claude-code that is parked, and resumed for it',
    async (context) => {
      requireProgram('claude-code', context)
      const life = makeLife('claude-code', { agent: 'parked' })
      await park(life, 'deploy-parked-late')
      const { id, run_id } = await held('deploy-parked-late', 'parked', 'expired')
      const heard = await resume(life)
      await expectExpired(id, run_id, 'running')
      expect(heard).toContain(tooLate)
      expect(heard).not.toMatch(/reject/i)
      expect(life.ran()).toEqual([])
      life.remove()
    },
    180 * seconds,
  )
})

async function expectExpired(id: string, run: string, status: 'running' | 'failed') {
  const read = async (path: string) => (await rest.call('GET', path, { token: agents.token })).body
  expect(await read(`/api/approvals/${id}`)).toMatchObject({ status: 'expired', claimed_at: null })
  expect(await read(`/api/runs/${run}`)).toMatchObject({ status, steps: [{ status: 'expired' }] })
}

/** What stands between a hook and the server, and can be away. */
async function startBetween(port: number) {
  let server: Server
  let own = 0
  const sockets = new Set<Socket>()
  const up = async () => {
    server = createServer((socket) => {
      const onward = connect(port, '127.0.0.1')
      for (const one of [socket, onward]) {
        sockets.add(one)
        one.on('error', () => undefined)
        one.on('close', () => {
          socket.destroy()
          onward.destroy()
        })
      }
      socket.pipe(onward).pipe(socket)
    })
    await new Promise<void>((done) => server.listen(own, '127.0.0.1', done))
    own = (server.address() as { port: number }).port
  }
  await up()
  return {
    url: `http://127.0.0.1:${own}`,
    up,
    down: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((done) => server.close(done))
    },
  }
}
