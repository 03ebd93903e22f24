import { spawn } from 'node:child_process'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import type { DialectName, JsonObject } from '@/lib/hooks/dialects/dialect'
import { command, type Io } from '../command'
import { examineCredentials } from '../credentials'
import { exit } from '../exit'
import { isGood, showFindings, type Finding } from '../finding'
import { oneLine } from '../printer'
import { disablesHooks, entriesIn, keyTwice } from './edit'
import { read } from './files'
import { dialectNamed, names } from './named'
import { settings } from './settings'

export const doctor = command({
  synopsis: [`doctor [${names.join('|')}]…`],
  about: [
    'Looks at each coding agent whose settings have Holdpoint’s hooks, and proves that they let nothing through: calls the hook as it stands in the settings while nobody is where Holdpoint should be, while something else is, and while the program is missing, and sees each time that the tool is refused.',
    'Where a coding agent is named, its hooks have to be there: in its settings at home, or in those of this folder.',
    'Then it looks at the configuration, and asks the Holdpoint that is configured whose the agent key and the personal token are, as far as there are any, and what time it is there.',
  ],
  options: {},
  examples: [
    ['holdpoint doctor', 'Look at all that is installed.'],
    ['holdpoint doctor claude-code', 'In CI: fail unless Claude Code is held.'],
  ],
  exits: [
    [exit.no, 'Something lets calls through, or what is configured opens nothing.'],
    [exit.usage, 'Called wrongly, or a coding agent that was named has no hooks.'],
  ],
  run: async ({ args, common, out, io }) => {
    const wanted = args.length > 0 ? args.map((arg) => dialectNamed(arg).name) : names
    const found = wanted.flatMap((name) => {
      // who is at home has one file for both
      const paths = [undefined, io.cwd].map((folder) => settings[name].file(io.env, folder))
      return [...new Set(paths)].flatMap((path) => inFile(name, path))
    })
    const missing = args.length > 0 ? wanted.filter((name) => found.every((one) => one.name !== name)) : []
    const agents: { agent: DialectName; path: string | null; findings: Finding[] }[] = []
    for (const one of found) {
      const { name: agent, path } = one
      const findings = await examine(one, io)
      agents.push({ agent, path, findings })
      if (common.json) continue
      out.line(`${out.style('bold', dialectNamed(agent).title)}  ${path}`)
      showFindings(out, findings, '  ')
      if (settings[agent].then) out.note(`  ${settings[agent].then}`)
    }
    for (const agent of new Set(missing)) {
      const words = `no settings have Holdpoint’s hooks. See: holdpoint install ${agent}`
      const findings: Finding[] = [{ is: 'bad', words }]
      agents.push({ agent, path: null, findings })
      if (common.json) continue
      out.line(out.style('bold', dialectNamed(agent).title))
      showFindings(out, findings, '  ')
    }
    if (agents.length === 0 && !common.json)
      out.line('No settings have Holdpoint’s hooks. See: holdpoint help install')
    const credentials = await examineCredentials(common, io, found.length > 0)
    const isClosed = isGood([...agents.flatMap(({ findings }) => findings), ...credentials])
    if (common.json) out.json({ ok: isClosed, agents, credentials })
    else showFindings(out, credentials)
    if (missing.length > 0) return exit.usage
    return isClosed ? exit.done : exit.no
  },
})

type Found = { name: DialectName; path: string; text: string; hook: JsonObject | undefined }

function inFile(name: DialectName, path: string): Found[] {
  const text = read(path)
  if (text === undefined) return []
  const entries = entriesIn(text, name, path)
  // ours may be there and not count
  const isHidden = keyTwice(text, path) !== undefined && /holdpoint/i.test(text)
  if (entries.length === 0 && !isHidden) return []
  const asks = entries.find(({ event }) => event.toLowerCase() === 'pretooluse')?.value as
    JsonObject | undefined
  const [hook = asks] = (asks?.hooks ?? []) as JsonObject[]
  return [{ name, path, text, hook }]
}

async function examine({ name, path, text, hook }: Found, io: Io): Promise<Finding[]> {
  const found: Finding[] = []
  if (!hook) found.push({ is: 'bad', words: 'no hook is called before a tool runs' })
  const twice = keyTwice(text, path)
  if (twice !== undefined)
    found.push({ is: 'bad', words: `${oneLine(twice)} stands twice: only the last counts` })
  if (disablesHooks(text, path)) found.push({ is: 'bad', words: 'disableAllHooks is set: no hook runs' })
  if (!hook) return found
  for (const [member, value] of Object.entries(settings[name].closedBy)) {
    const [there, wanted] = [hook[member], value].map((one) => JSON.stringify(one) ?? 'missing')
    if (there === wanted) found.push({ is: 'ok', words: `${member} is ${there}` })
    else found.push({ is: 'bad', words: `${member} is ${oneLine(there!)}, not ${wanted}` })
  }
  const shell = hook.command ?? hook.bash
  if (typeof shell === 'string') return [...found, ...(await fire(shell, io))]
  const words = 'an HTTP hook is called by the coding agent alone; what closes it is onFailure'
  return [...found, { is: 'note', words }]
}

async function fire(shell: string, io: Io): Promise<Finding[]> {
  const other = await startOther()
  const dead = await deadAddress()
  const cases: [string, Record<string, string>][] = [
    ['Holdpoint is away', {}],
    ['something else answers in its place', { HOLDPOINT_URL: addressOf(other) }],
    ['the program is missing', { PATH: '/nowhere' }],
    ['there is no key', { HOLDPOINT_KEY: '', XDG_CONFIG_HOME: '/nowhere' }],
  ]
  try {
    return await Promise.all(
      cases.map(async ([words, env]): Promise<Finding> => {
        const said = await call(shell, {
          ...io.env,
          HOLDPOINT_KEY: 'hpa_doctor',
          HOLDPOINT_URL: dead,
          ...env,
        })
        if (isNo(said)) return { is: 'ok', words: `refused where ${words}` }
        return {
          is: 'bad',
          words: `not refused where ${words}: ${oneLine(JSON.stringify(said), 300)}`,
        }
      }),
    )
  } finally {
    other.close()
  }
}

type Said = { code: number | null; stdout: string; stderr: string }

/** As each coding agent reads it: 2 with words on stderr, or an answer that denies. */
export function isNo({ code, stdout, stderr }: Said): boolean {
  if (code === 2) return stderr.trim() !== ''
  if (code !== 0) return false
  try {
    const { permission, permissionDecision, hookSpecificOutput } = JSON.parse(stdout) as Record<
      string,
      unknown
    >
    const nested = (hookSpecificOutput as JsonObject | undefined)?.permissionDecision
    return [permission, permissionDecision, nested].includes('deny')
  } catch {
    return false
  }
}

const sample = {
  session_id: 'holdpoint-doctor',
  conversation_id: 'holdpoint-doctor',
  tool_use_id: 'holdpoint-doctor',
  tool_name: 'holdpoint_doctor',
  tool_input: {},
  timestamp: '2026-01-01T00:00:00.000Z',
  cwd: tmpdir(),
}

function call(shell: string, env: Record<string, string | undefined>): Promise<Said> {
  const isCursor = /\bhook cursor\b/.test(shell)
  const input = { ...sample, hook_event_name: isCursor ? 'preToolUse' : 'PreToolUse' }
  return new Promise((resolve, reject) => {
    // a profile would say another address than ours
    const own = { ...env, HOLDPOINT_PROFILE: undefined, HOLDPOINT_PATIENCE: '1s' }
    const child = spawn('/bin/sh', ['-c', shell], { env: { ...process.env, ...own } })
    const said = { stdout: '', stderr: '' }
    child.stdout.on('data', (chunk) => (said.stdout += String(chunk)))
    child.stderr.on('data', (chunk) => (said.stderr += String(chunk)))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, ...said }))
    // who ends at once reads nothing
    child.stdin.on('error', () => undefined)
    child.stdin.end(JSON.stringify(input))
  })
}

/** What a network that is not Holdpoint may answer: a page, with a good status. */
async function startOther(): Promise<Server> {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'Content-Type': 'application/json' }).end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

function addressOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function deadAddress(): Promise<string> {
  const server = await startOther()
  const address = addressOf(server)
  await new Promise((resolve) => server.close(resolve))
  return address
}
