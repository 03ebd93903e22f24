import { spawn } from 'node:child_process'
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { beforeAll, expect, test } from 'vitest'
import { deployAgent } from '@/lib/agents/deploy'
import { ledgerServer, useDesk } from '@/lib/testing/mcp/harness'

/** The ways in that need no change to the agent, as the README's table has them: each line is run as it stands there. */
const lines = [...readFileSync('README.md', 'utf8').matchAll(/^\| [^|]+ \| `(holdpoint [^`]+)`/gm)].map(
  ([, line = '']) => line,
)
const lineOf = (beginning: string) => {
  const found = lines.filter((line) => line.startsWith(beginning))
  expect(found).toHaveLength(1)
  return found[0]!.replace('NAME', 'ways').replace('SERVER…', ledgerServer.join(' '))
}

const at = useDesk()
let env: Record<string, string>
beforeAll(async () => {
  const { agent, bin } = at.desk
  for (const name of ['ways', 'claude-code'])
    await deployAgent(agent, { name, config: 'approval: {tools: ["*"], on_rejection: continue}\n' })
  const { HOLDPOINT_AGENT: _, ...rest } = at.desk.proxy([]).env
  env = { ...rest, PATH: `${bin}:${process.env.PATH ?? ''}` }
})

/** Runs a line in a shell, in the home of somebody who has the command. */
function shell(line: string, stdin = '') {
  const child = spawn('sh', ['-c', line], {
    cwd: at.desk.folder,
    env: env as NodeJS.ProcessEnv,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  child.stdin.end(stdin)
  return text(child.stdout)
}

async function approve(tool: string): Promise<void> {
  const [held] = await at.held((one) => one.tool === tool)
  await at.desk.decide(held!.id, 'approve')
}

test('the three are there', () => {
  expect(lines.map((line) => line.split(' ').slice(0, 3).join(' '))).toEqual([
    'holdpoint install claude-code',
    'holdpoint mcp proxy',
    'holdpoint run --agent',
  ])
})

test('a coding agent’s hook asks once it is installed', async () => {
  await shell(lineOf('holdpoint install'))
  const settings = JSON.parse(readFileSync(join(at.desk.folder, '.claude/settings.json'), 'utf8')) as {
    hooks: { PreToolUse: { hooks: { command: string }[] }[] }
  }
  const { command } = settings.hooks.PreToolUse[0]!.hooks[0]!
  const call = {
    session_id: 'ways',
    cwd: at.desk.folder,
    hook_event_name: 'PreToolUse',
    tool_name: 'Bash',
    tool_input: { command: 'ls' },
    tool_use_id: 'toolu_ways',
  }
  const answer = shell(command, JSON.stringify(call))
  await approve('Bash')
  expect(JSON.parse(await answer)).toMatchObject({ hookSpecificOutput: { permissionDecision: 'allow' } })
}, 60_000)

test('a call of an MCP client waits at the proxy', async () => {
  const ledger = at.desk.ledger()
  const line = lineOf('holdpoint mcp proxy')
  const client = at.lines({
    command: 'sh',
    args: ['-c', `exec ${line}`],
    env: { ...env, LEDGER: ledger.file },
  })
  await client.initialize()
  client.call(1, 'pay', { to: 'ann', amount: 5 })
  await approve('ledger-server/pay')
  expect(await client.words(1)).toBe('paid 5 to ann')
  expect(ledger.ran()).toEqual(['pay ann 5'])
}, 60_000)

test('a program waits, and runs once it is approved', async () => {
  const [program, ran] = [join(at.desk.folder, 'deploy.sh'), join(at.desk.folder, 'deployed')]
  writeFileSync(program, `#!/bin/sh\necho once >> '${ran}'\n`)
  chmodSync(program, 0o755)
  const running = shell(lineOf('holdpoint run'))
  const [held] = await at.held(({ tool }) => tool === 'deploy')
  expect(existsSync(ran)).toBe(false)
  await at.desk.decide(held!.id, 'approve')
  await running
  expect(readFileSync(ran, 'utf8')).toBe('once\n')
}, 60_000)
