import { createHash } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parse } from 'jsonc-parser'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { DialectName } from '@/lib/hooks/dialects/dialect'
import { makeMachine } from '@/lib/testing/command'
import { names } from './named'
import { settings } from './settings'

let machine: ReturnType<typeof makeMachine>
let bin: string
beforeEach(() => {
  bin = mkdtempSync(join(tmpdir(), 'holdpoint-bin-'))
  writeFileSync(join(bin, 'holdpoint'), '', { mode: 0o755 })
  machine = makeMachine({ PATH: bin })
})
afterEach(() => {
  machine.remove()
  rmSync(bin, { recursive: true })
})

const fileOf = (name: DialectName) => settings[name].file({ HOME: machine.home }, undefined)
const done = { code: 0, stderr: expect.any(String) as string }

const bare = (text: string) => text.replace(/\s/g, '')

/** All of a home: paths, modes and contents. */
function pictureOf(folder: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).map((entry) => {
    const path = join(entry.parentPath, entry.name)
    const content = entry.isFile() ? readFileSync(path, 'hex') : ''
    return `${path} ${lstatSync(path).mode} ${createHash('sha256').update(content).digest('hex')}`
  })
  return files
    .filter((line) => !line.startsWith(join(folder, '.config')))
    .sort()
    .join('\n')
}

/** Files as people have them; `{EVENT}` is the first event of the coding agent. */
const found: [string, string][] = [
  ['empty', ''],
  ['blank', '  \n\n'],
  ['an empty object', '{}'],
  ['an empty object on lines', '{\n}\n'],
  ['two blanks', '{\n  "model": "opus",\n  "permissions": { "allow": ["Bash(npm test)"] }\n}\n'],
  ['tabs, no newline at the end', '{\n\t"model": "opus",\n\t"hooks": {}\n}'],
  ['four blanks and Windows', '{\r\n    "model": "opus"\r\n}\r\n'],
  ['a byte order mark', '\ufeff{\n  "model": "opus"\n}\n'],
  ['one line', '{"model":"opus","hooks":{"{EVENT}":[]}}'],
  ['blanks at the ends of lines', '{  \n  "model" : "opus"  ,\t\n   "hooks"\n:  { }   \n}   \n\n\n'],
  [
    'comments and a comma too many',
    '// mine\n{\n  /* the model */ "model": "opus", // yes\n  "hooks": {\n    // none\n  },\n}\n// end\n',
  ],
  [
    'hooks of others',
    '{\n  "hooks": {\n    "{EVENT}": [\n      { "matcher": "Bash", "hooks": [{ "type": "command", "command": "./check.sh" }] } // keep\n    ],\n    "Stop": [{ "hooks": [{ "type": "command", "command": "say done" }] }]\n  }\n}\n',
  ],
  [
    'numbers that JSON.parse would change',
    '{ "id": 12345678901234567890, "x": 1.0, "e": 1E2, "u": "\\u00e9\\/" }',
  ],
]

describe.each(names)('%s', (name) => {
  const event = name === 'cursor' ? 'preToolUse' : 'PreToolUse'
  const lists = () =>
    (parse(readFileSync(fileOf(name), 'utf8').replace('\ufeff', '')) as { hooks: Record<string, object[]> })
      .hooks

  test.each(found)('%s: what was there stays, and comes back byte for byte', async (_, text) => {
    const path = fileOf(name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text.replace('{EVENT}', event))
    chmodSync(path, 0o640)
    const picture = pictureOf(machine.home)
    const others =
      (
        parse(readFileSync(path, 'utf8').replace('\ufeff', '')) as
          { hooks?: Record<string, object[]> } | undefined
      )?.hooks?.[event] ?? []

    expect(await machine.run(['install', name])).toMatchObject(done)
    const installed = readFileSync(path, 'utf8')
    expect(lists()[event]).toHaveLength(others.length + 1)
    expect(lists()[event]?.slice(0, -1)).toEqual(others)
    for (const line of text.replace('{EVENT}', event).split(/\r?\n/)) {
      for (const word of line.match(/\/\/ \w+|\/\*.*?\*\/|"[^"]*" ?: ?"?[\w.]+"?/g) ?? [])
        expect(bare(installed)).toContain(bare(word))
    }
    if (text.includes('\r\n')) expect(installed.replaceAll('\r\n', '')).not.toContain('\n')
    expect(installed.startsWith('\ufeff')).toBe(text.startsWith('\ufeff'))
    expect(statSync(path).mode & 0o777).toBe(0o640)

    expect(await machine.run(['install', name])).toMatchObject(done)
    expect(readFileSync(path, 'utf8')).toBe(installed)

    expect(await machine.run(['uninstall', name])).toMatchObject(done)
    expect(pictureOf(machine.home)).toBe(picture)
  })

  test('a file that was not there is gone again, with the folders that were made for it', async () => {
    const picture = pictureOf(machine.home)
    await machine.run(['install', name])
    expect(lists()[event]).toHaveLength(1)
    expect(statSync(fileOf(name)).mode & 0o777).toBe(0o644)
    await machine.run(['install', name, '--wait', '8h'])
    expect(await machine.run(['uninstall', name])).toMatchObject(done)
    expect(pictureOf(machine.home)).toBe(picture)
  })

  test('a file that was changed since is kept, but for what is ours', async () => {
    const path = fileOf(name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, '{\n  "a": 1\n}\n')
    await machine.run(['install', name])
    writeFileSync(path, readFileSync(path, 'utf8').replace('"a": 1', '"a": 2 /* mine */'))
    const { stderr } = await machine.run(['uninstall', name])
    expect(stderr).toMatch(/was changed since: only Holdpoint’s entries were taken out/)
    expect(readFileSync(path, 'utf8')).toBe('{\n  "a": 2 /* mine */\n}\n')
    expect((await machine.run(['uninstall', name])).stdout).toContain('has no hook of Holdpoint')
  })

  test('in a file that was changed since, comments and others’ hooks stay where they are', async () => {
    const path = fileOf(name)
    mkdirSync(dirname(path), { recursive: true })
    const text = `{ // a\n  "hooks": {\n    // b\n    "${event}": [\n      // c\n      { "mine": 1 } /* d */\n      // e\n    ]\n  } // f\n}\n`
    writeFileSync(path, text)
    await machine.run(['install', name])
    writeFileSync(path, `${readFileSync(path, 'utf8')}// g\n`)
    await machine.run(['uninstall', name])
    const left = readFileSync(path, 'utf8')
    expect(
      left
        .match(/[a-g](?= *(\*\/|\n|$))/g)
        ?.sort()
        .join(''),
    ).toBe('abcdefg')
    expect(parse(left)).toEqual(parse(text))
  })

  test('what was changed since the first install comes back after the second', async () => {
    const path = fileOf(name)
    await machine.run(['install', name])
    const changed = readFileSync(path, 'utf8').replace('{', '{\n  "mine": true,')
    writeFileSync(path, changed)
    await machine.run(['install', name, '--agent', 'other'])
    expect(lists()[event]).toHaveLength(1)
    expect(JSON.stringify(lists()[event])).toContain('--agent other')
    await machine.run(['uninstall', name])
    expect(parse(readFileSync(path, 'utf8'))).toMatchObject({ mine: true })
    expect(readFileSync(path, 'utf8')).not.toContain('holdpoint')
  })

  test.each([
    ['broken', '{ "hooks": '],
    ['a list', '[]'],
    ['hooks that are a list', '{ "hooks": [] }'],
    ['hooks that stand twice', '{ "hooks": {}, "hooks": { "Stop": [] } }'],
    ['hooks that stand twice, spelt in two ways', '{ "hooks": {}, "h\\u006foks": {} }'],
    ['an event that stands twice', `{ "hooks": { "${event}": [], "${event}": [] } }`],
    ['an event that is an object', `{ "hooks": { "${event}": {} } }`],
    ['no text', Buffer.from([0x7b, 0xff, 0x7d])],
  ])('%s is refused and stays', async (_, content) => {
    const path = fileOf(name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
    const { code, stderr } = await machine.run(['install', name])
    expect(code).toBe(4)
    expect(stderr).toMatch(/Mend it first; nothing was changed|is not text in UTF-8. Nothing was changed/)
    expect(readFileSync(path)).toEqual(Buffer.from(content))
  })

  test('--dry-run shows what would change, and changes nothing', async () => {
    const picture = pictureOf(machine.home)
    const { code, stdout } = await machine.run(['install', name, '--dry-run'])
    expect(code).toBe(0)
    expect(stdout).toMatch(new RegExp(`\\+.*hook ${name}`))
    expect(pictureOf(machine.home)).toBe(picture)
    expect(existsSync(join(machine.home, '.config'))).toBe(false)
  })

  test('no credential is written, and the backup is for its owner alone', async () => {
    const env = { HOLDPOINT_KEY: 'hpa_secret', HOLDPOINT_URL: 'https://holdpoint.example' }
    await machine.run(['install', name, '--agent', 'a-b', '--wait', '30m'], { env })
    expect(readFileSync(fileOf(name), 'utf8')).not.toContain('hpa_secret')
    const folder = join(machine.home, '.config', 'holdpoint', 'before-install')
    for (const file of readdirSync(folder)) expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600)
  })
})

test.each(['claude-code', 'codex'] as const)(
  '%s: a hook that a person put beside ours into its group stays there',
  async (name) => {
    const path = fileOf(name)
    type Groups = { hooks: { PreToolUse: { hooks: { command: string }[] }[] } }
    const groups = () => (parse(readFileSync(path, 'utf8')) as Groups).hooks.PreToolUse
    const own = { type: 'command', command: 'my-own-guard.sh' }
    for (const at of [0, 1]) {
      await machine.run(['install', name])
      const all = parse(readFileSync(path, 'utf8')) as Groups
      all.hooks.PreToolUse[0]!.hooks.splice(at, 0, own)
      writeFileSync(path, JSON.stringify(all, null, 2))
      expect(await machine.run(['install', name])).toMatchObject(done)
      expect(groups()).toEqual([
        { matcher: '*', hooks: [own] },
        { matcher: '*', hooks: [expect.objectContaining({ type: 'command' })] },
      ])
      writeFileSync(path, JSON.stringify(all, null, 2))
      expect(await machine.run(['uninstall', name])).toMatchObject(done)
      expect(parse(readFileSync(path, 'utf8'))).toEqual({
        hooks: { PreToolUse: [{ matcher: '*', hooks: [own] }] },
      })
      rmSync(path)
    }
  },
)

test('a link to the settings stays one', async () => {
  const path = fileOf('claude-code')
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(join(machine.home, 'dotfile.json'), '{}')
  symlinkSync(join(machine.home, 'dotfile.json'), path)
  await machine.run(['install', 'claude-code'])
  expect(lstatSync(path).isSymbolicLink()).toBe(true)
  expect(readFileSync(join(machine.home, 'dotfile.json'), 'utf8')).toContain('hook claude-code')
  await machine.run(['uninstall', 'claude-code'])
  expect(readFileSync(join(machine.home, 'dotfile.json'), 'utf8')).toBe('{}')
  expect(lstatSync(path).isSymbolicLink()).toBe(true)
})

test.each(['settings.json', ''])(
  'a link that leads nowhere is refused and stays: .claude/%s',
  async (file) => {
    const link = join(machine.home, '.claude', file)
    mkdirSync(dirname(link), { recursive: true })
    symlinkSync(join(machine.home, 'away'), link.replace(/\/$/, ''))
    const { code, stderr } = await machine.run(['install', 'claude-code'])
    expect([code, stderr]).toEqual([4, expect.stringMatching(/\.claude.* is a link to what is not there/)])
    expect(lstatSync(link.replace(/\/$/, '')).isSymbolicLink()).toBe(true)
    expect(existsSync(join(machine.home, '.config'))).toBe(false)
  },
)

test.each(['{ "path": ', '{}', 'null'])('a backup that is %j is named, with what to do', async (broken) => {
  await machine.run(['install', 'codex'])
  const folder = join(machine.home, '.config', 'holdpoint', 'before-install')
  const kept = join(folder, readdirSync(folder)[0]!)
  writeFileSync(kept, broken)
  for (const command of ['install', 'uninstall']) {
    const { code, stderr } = await machine.run([command, 'codex'])
    expect([code, stderr]).toEqual([4, expect.stringContaining(`${kept}, where`)])
  }
  rmSync(kept)
  expect(await machine.run(['uninstall', 'codex'])).toMatchObject(done)
  expect(readFileSync(fileOf('codex'), 'utf8')).not.toContain('holdpoint')
})

test('the settings of a project are those in its folder', async () => {
  const cwd = join(machine.home, 'shop')
  mkdirSync(cwd)
  await machine.run(['install', 'codex', 'copilot', '--project'], { cwd })
  expect(existsSync(join(cwd, '.codex/hooks.json'))).toBe(true)
  expect(existsSync(join(cwd, '.github/hooks/holdpoint.json'))).toBe(true)
  await machine.run(['uninstall', 'codex', 'copilot', '--project'], { cwd })
  expect(readdirSync(cwd)).toEqual([])
})

test('Claude Code by HTTP has an address and no program', async () => {
  const env = { HOLDPOINT_URL: 'https://holdpoint.example/' }
  await machine.run(['install', 'claude-code', '--http', '--park', '--agent', 'coder'], { env })
  const { hooks } = parse(readFileSync(fileOf('claude-code'), 'utf8')) as {
    hooks: Record<string, { hooks: object[] }[]>
  }
  expect(hooks.PreToolUse?.[0]?.hooks[0]).toEqual({
    type: 'http',
    url: 'https://holdpoint.example/api/hooks/claude?agent=coder&park=1',
    headers: { Authorization: 'Bearer $HOLDPOINT_KEY' },
    allowedEnvVars: ['HOLDPOINT_KEY'],
    timeout: 3600,
    onFailure: 'block',
    statusMessage: 'Asking Holdpoint',
  })
  const { stdout } = await machine.run(['uninstall', 'claude-code'])
  expect(stdout).toContain('is gone')
})

test.each([
  [['install'], /Name a coding agent/],
  [['install', 'emacs'], /emacs is none/],
  [['install', 'codex', '--http'], /Codex has no HTTP hooks that fail closed/],
  [['install', 'cursor', '--park'], /Cursor cannot be parked/],
  [['install', 'codex', '--wait', 'soon'], /soon is not a span/],
  [['install', 'codex', '--agent', 'a; rm -rf /'], /is no agent’s name/],
  [['uninstall'], /Name a coding agent/],
])('%j is wrong', async (argv, words) => {
  const { code, stderr } = await machine.run(argv)
  expect([code, stderr]).toEqual([2, expect.stringMatching(words)])
})

test('for programs, what was written and taken out again is JSON', async () => {
  const run = async (...args: string[]) => {
    const { stdout, code } = await machine.run([...args, '--json'])
    return [code, JSON.parse(stdout)] as const
  }
  const was = (name: DialectName, changed: boolean) => ({ agent: name, path: fileOf(name), changed })
  const both = names.slice(0, 2)
  const installed = { agents: both.map((name) => was(name, true)) }
  expect(await run('install', ...both, '--dry-run')).toEqual([0, { installed: false, ...installed }])
  expect(await run('install', ...both)).toEqual([0, { installed: true, ...installed }])
  expect(await run('install', both[0]!)).toEqual([0, { installed: true, agents: [was(both[0]!, false)] }])
  expect(await run('uninstall', ...both)).toEqual([0, installed])
  expect(await run('uninstall', both[0]!)).toEqual([0, { agents: [was(both[0]!, false)] }])
})
