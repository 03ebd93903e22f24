import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { findCommand } from '@/lib/cli/admin-commands'
import { root } from '@/lib/cli/install.mjs'
import { createKey } from '@/lib/keys/create-key'
import { askCommand, firstAsk } from '@/lib/try-it'
import { paste } from './pasted'
import { makeTestProject, type TestProject } from './project'
import { startRest, type Rest } from './rest'

const readme = readFileSync(join(root, 'README.md'), 'utf8')
const blocks = [...readme.matchAll(/^( *)```(\w*)\n([\s\S]*?)^\1```$/gm)].map(
  ([, indent = '', language = '', text = '']) => ({
    language,
    text: text.replaceAll(new RegExp(`^${indent}`, 'gm'), '').trim(),
  }),
)
const blockOf = (language: string, beginning: string) => {
  const found = blocks.filter((block) => block.language === language && block.text.startsWith(beginning))
  expect(found).toHaveLength(1)
  return found[0]?.text ?? ''
}

let rest: Rest
let test: TestProject
let token: string
let reading: string

beforeAll(async () => {
  rest = await startRest()
  test = await makeTestProject(rest.db)
  ;({ token } = await createKey(test.system, { name: 'Readme', scopes: ['run', 'deploy'] }))
  reading = test.agent.token
})
afterAll(() => rest.close())

it('its policy is deployed without a warning, and holds the first call, as the first start prints it', async () => {
  const config = blockOf('yaml', 'approval:')
  const deployed = await rest.call('PUT', `/api/agents/${firstAsk.agent}`, {
    token,
    body: config,
    headers: { 'Content-Type': 'application/yaml' },
  })
  expect(deployed).toMatchObject({ status: 201, body: { warnings: [] } })
  const command = blockOf('sh', 'curl')
  expect(command).toBe(askCommand('http://localhost:3000', 'hpa_…'))
  const asked = await paste(command.replace('http://localhost:3000', rest.url).replace('hpa_…', token))
  expect(asked).toMatchObject({ status: 201, body: { status: 'pending', on_rejection: 'continue' } })
})

it('its agent waits for the person, runs the tool once, and finds the result again', async () => {
  const client = join(root, 'lib/client/holdpoint.ts')
  const program = [
    `let ran = 0`,
    `const refund = (params: { amount: number }) => ({ refunded: params.amount, ran: ++ran })`,
    blockOf('ts', 'import').replace("'@holdpoint/client'", JSON.stringify(client)),
    `console.log(JSON.stringify(outcome))`,
  ].join('\n')
  const first = runProgram(program)
  const pending = () =>
    rest.call('GET', '/api/approvals?status=pending&run_id=ticket-4711', { token: reading })
  const isThere = async () => (await pending()).body.items?.length === 1
  await expect.poll(isThere, { timeout: 20_000 }).toBe(true)
  const reviewer = await test.member('reviewer')
  for (const { id } of (await pending()).body.items ?? [])
    await rest.call('POST', `/api/approvals/${String(id)}/decisions`, {
      token: reviewer.token,
      body: { decision: 'approve' },
    })
  const output = { refunded: 2400, ran: 1 }
  expect(await first).toMatchObject({ kind: 'ran', output, replayed: false, edited: false })
  expect(await runProgram(program)).toMatchObject({ kind: 'ran', output, replayed: true })
})

async function runProgram(program: string): Promise<unknown> {
  mkdirSync(join(root, '.data'), { recursive: true })
  const folder = mkdtempSync(join(root, '.data', 'readme-'))
  try {
    writeFileSync(join(folder, 'main.mts'), program)
    const child = spawn(process.execPath, ['--import', 'tsx', join(folder, 'main.mts')], {
      cwd: root,
      env: { ...process.env, HOLDPOINT_URL: rest.url, HOLDPOINT_KEY: token },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    return JSON.parse(await text(child.stdout))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

it('its operators’ commands do what they say, one after the other', async () => {
  const place = { db: rest.db, appUrl: rest.url, authSecret: () => '' }
  const commands = blockOf('sh', 'npm run --silent admin').split('\n')
  expect(commands).toHaveLength(5)
  for (const command of commands) {
    const words = command.match(/"[^"]*"|\S+/g)?.map((word) => word.replaceAll('"', '')) ?? []
    expect(words.splice(0, 5)).toEqual(['npm', 'run', '--silent', 'admin', '--'])
    const answer = await findCommand(words)(place)
    expect(answer.isBad ?? false).toBe(false)
  }
})

it('its first two commands are a clone and a script that is there', () => {
  const [clone, start] = blockOf('sh', 'git clone').split('\n')
  expect(clone).toMatch(/^git clone <this repository> holdpoint && cd holdpoint$/)
  expect(start).toBe('npm start')
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>
  }
  const named = [...readme.matchAll(/`npm run (?:--silent )?([\w:-]+)/g)].map(([, name = '']) => name)
  for (const name of ['start', 'test', ...named]) expect(scripts).toHaveProperty(name)
})

it('every block of it is one of these', () => {
  expect(blocks.map(({ language, text }) => `${language} ${text.split(/\s/, 1)[0]}`)).toEqual([
    'sh git',
    'sh curl',
    'ts import',
    'yaml approval:',
    'sh npm',
  ])
})

it('every file that it links to is there', () => {
  const links = [...readme.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map(([, path = '']) => path)
  expect(links.length).toBeGreaterThan(5)
  const missing = links.filter((path) => !path.startsWith('http') && !existsSync(join(root, path)))
  expect(missing).toEqual([])
})
