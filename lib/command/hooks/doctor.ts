import { spawn } from 'node:child_process'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import type { DialectName, JsonObject } from '@/lib/hooks/dialects/dialect'
import { command, type Io } from '../command'
import { examineCredentials } from '../credentials'
import { exit } from '../exit'
import { oneLine, type Printer } from '../printer'
import { disablesHooks, entriesIn, keyTwice } from './edit'
import { read } from './files'
import { dialectNamed, names } from './named'
import { settings } from './settings'

export const doctor = command({
  synopsis: [`doctor [${names.join('|')}]…`],
  about: [
    'Looks at each coding agent whose settings have Holdpoint’s hooks, and proves that they let nothing through: calls the hook as it stands in the settings while nobody is where Holdpoint should be, while something else is, and while the program is missing, and sees each time that the tool is refused.',
    'Then it looks at the configuration, and asks the Holdpoint that is configured whose the agent key and the personal token are, as far as there are any, and what time it is there.',
  ],
  options: {},
  examples: [['holdpoint doctor', 'Look at all that is installed.']],
  exits: [[exit.no, 'Something lets calls through, or what is configured opens nothing.']],
  run: async ({ args, common, out, io }) => {
    const wanted = args.length > 0 ? args.map((arg) => dialectNamed(arg).name) : names
    const found = wanted.flatMap((name) => [undefined, io.cwd].flatMap((folder) => inFile(name, folder, io)))
    const isClosed: boolean[] = []
    for (const one of found) isClosed.push(await examine(one, out, io))
    if (found.length === 0) out.line(`No settings have Holdpoint’s hooks. See: holdpoint help install`)
    isClosed.push(await examineCredentials(common, out, io, found.length > 0))
    return isClosed.every(Boolean) ? exit.done : exit.no
  },
})

type Found = { name: DialectName; path: string; text: string; hook: JsonObject | undefined }

function inFile(name: DialectName, folder: string | undefined, { env }: Io): Found[] {
  const path = settings[name].file(env, folder)
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

async function examine({ name, path, text, hook }: Found, out: Printer, io: Io): Promise<boolean> {
  out.line(`${out.style('bold', dialectNamed(name).title)}  ${path}`)
  const tells: [isGood: boolean, words: string][] = []
  if (!hook) tells.push([false, 'no hook is called before a tool runs'])
  const twice = keyTwice(text, path)
  if (twice !== undefined) tells.push([false, `${oneLine(twice)} stands twice: only the last counts`])
  if (disablesHooks(text, path)) tells.push([false, 'disableAllHooks is set: no hook runs'])
  if (hook) {
    for (const [member, value] of Object.entries(settings[name].closedBy)) {
      tells.push([hook[member] === value, `${member} is ${JSON.stringify(value)}`])
    }
    const shell = hook.command ?? hook.bash
    if (typeof shell === 'string') tells.push(...(await fire(shell, io)))
    else out.note('  An HTTP hook is called by the coding agent alone; what closes it is onFailure.')
  }
  for (const [isGood, words] of tells) out.line(`  ${isGood ? 'ok ' : 'BAD'}  ${words}`)
  if (settings[name].then) out.note(`  ${settings[name].then}`)
  return tells.every(([isGood]) => isGood)
}

async function fire(shell: string, io: Io): Promise<[boolean, string][]> {
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
      cases.map(async ([words, env]): Promise<[boolean, string]> => {
        const said = await call(shell, {
          ...io.env,
          HOLDPOINT_KEY: 'hpa_doctor',
          HOLDPOINT_URL: dead,
          ...env,
        })
        return [
          isNo(said),
          `refused where ${words}${isNo(said) ? '' : `: ${oneLine(JSON.stringify(said), 300)}`}`,
        ]
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
