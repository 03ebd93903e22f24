import { execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { deployAgent } from '@/lib/agents/deploy'
import { makeAgents, type Agents } from '@/lib/testing/agent'
import { codingAgents as programs, type CodingAgent as Name } from '@/lib/testing/coding-agents'
import { startRest, type Rest } from '@/lib/testing/rest'
import { startScriptedModel } from '@/lib/testing/scripted-model'

// The coding agents themselves, with a model on this machine, the settings that `holdpoint install` writes and the command
// as it is built. Where one of them is not found, its tests are skipped.

const policy = `approval:
  tools:
    - Bash: '"deploy" in param.command'
  on_rejection: continue
`

let rest: Rest
let agents: Agents
/** A folder that has the command as people have it. */
let bin: string
beforeAll(async () => {
  if (!Object.values(programs).some(Boolean)) return
  rest = await startRest()
  agents = await makeAgents(rest)
  await deployAgent(agents.agent, { name: 'coder', config: policy })
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

/** One life of a coding agent: a home, a folder to work in, and a ledger of what its tools did there. */
function makeLife(name: Name, url = rest.url) {
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
    HOLDPOINT_AGENT: 'coder',
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
  return {
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
    run: async (commands: string[], more: string[] = []) => {
      const calls = commands.map((command, at) => callOf(name, `${command} >> ledger`, `${Date.now()}${at}`))
      const model = await startScriptedModel(calls)
      try {
        const { args, variables } = set(name, model.url, home, work, more)
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
        return { code, told, said }
      } finally {
        model.close()
      }
    },
    remove: () => rmSync(home, { recursive: true, force: true }),
  }
}

function callOf(name: Name, command: string, id: string) {
  if (name === 'codex') return { id: `call_${id}`, name: 'exec_command', input: { cmd: command } }
  const tool = name === 'copilot' ? 'bash' : 'Bash'
  return { id: `toolu_${id}`, name: tool, input: { command, description: 'Work' } }
}

function set(name: Name, model: string, home: string, work: string, more: string[]) {
  if (name === 'claude-code') {
    const args = [
      '-p',
      ...(more.length > 0 ? [] : ['Go on.']),
      '--model',
      'scripted',
      '--allowedTools',
      'Bash',
      '--output-format',
      'json',
      ...more,
    ]
    return {
      args,
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

async function held(words: string): Promise<Held> {
  for (let tries = 0; tries < 600; tries++) {
    const { body } = await rest.call('GET', '/api/approvals?status=pending&agent=coder', {
      token: agents.token,
    })
    const found = (body.items as Held[]).find(({ params }) => params.command.includes(words))
    if (found) return found
    await new Promise((next) => setTimeout(next, 100))
  }
  throw new Error(`nothing is held with ${words}`)
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

describe.each(Object.entries(programs) as [Name, string | undefined][])('%s itself', (name, program) => {
  test.skipIf(!program)(
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

  test.skipIf(!program)(
    'does not run what is rejected, and hears why',
    async () => {
      const life = makeLife(name)
      life.holdpoint('install', name)
      const ended = life.run([`echo deploy-no-${name}`])
      await decide(`deploy-no-${name}`, 'reject', 'Not on a Friday.')
      await ended
      expect(life.ran()).toEqual([])
      life.remove()
    },
    120 * seconds,
  )

  test.skipIf(!program)(
    'runs nothing while Holdpoint is away, or its hook was killed',
    async () => {
      const life = makeLife(name, 'http://127.0.0.1:9')
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

  test.skipIf(!program)(
    'waits on while the server is away for a while, and runs the one of two that is approved',
    async () => {
      const between = await startBetween(Number(new URL(rest.url).port))
      const life = makeLife(name, between.url)
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
  const without = !programs['claude-code']

  test.skipIf(without)(
    'parks what is held without a process, and resumes with the decision',
    async () => {
      const life = makeLife('claude-code')
      life.holdpoint('install', 'claude-code', '--park')
      const { told } = await life.run(['echo deploy-parked'])
      const { stop_reason, session_id } = JSON.parse(told) as Record<string, string>
      expect([stop_reason, life.ran()]).toEqual(['tool_deferred', []])
      await decide('deploy-parked', 'approve')
      const model = await startScriptedModel([])
      const { variables } = set('claude-code', model.url, '', '', [])
      Object.assign(life.env, variables)
      const resume = `'${programs['claude-code']}' -p --resume "$HOLDPOINT_SESSION" --model scripted --allowedTools Bash`
      const work = ['work', '--agent', 'coder', '--once', '--', 'sh', '-c', resume]
      // a session is known in its folder alone; runs of other tests may go on too, and fail
      const options = { env: life.env as NodeJS.ProcessEnv, cwd: life.work }
      await promisify(execFile)(join(bin, 'holdpoint'), work, options).catch(() => undefined)
      model.close()
      expect(session_id).toMatch(/^[\da-f-]{36}$/)
      expect(life.ran()).toEqual(['deploy-parked'])
      life.remove()
    },
    180 * seconds,
  )

  test.skipIf(without)(
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
