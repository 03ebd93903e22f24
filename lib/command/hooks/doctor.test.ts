import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeMachine } from '@/lib/testing/command'
import { isNo } from './doctor'
import { names } from './named'
import { settings } from './settings'

let folder: string
let machine: ReturnType<typeof makeMachine>
/** The command as people have it, on a PATH of its own. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdpoint-doctor-'))
  execFileSync(process.execPath, ['lib/command/build.mjs', join(folder, 'dist')])
  const program = join(folder, 'holdpoint')
  writeFileSync(
    program,
    `#!/bin/sh\nexec '${process.execPath}' '${join(folder, 'dist/holdpoint.js')}' "$@"\n`,
  )
  chmodSync(program, 0o755)
  machine = makeMachine({ PATH: `${folder}:${process.env.PATH}`, HOLDPOINT_URL: 'http://127.0.0.1:9' })
})
afterAll(() => {
  machine.remove()
  rmSync(folder, { recursive: true, force: true })
})

test.each(names)('what is installed for %s is refused whatever is wrong', async (name) => {
  await machine.run(['install', name])
  const { code, stdout } = await machine.run(['doctor', name])
  for (const words of [
    'Holdpoint is away',
    'something else answers',
    'the program is missing',
    'there is no key',
  ])
    expect(stdout).toMatch(new RegExp(`ok .*refused where ${words}`))
  const [, ...own] = stdout.split('\n')
  expect(own.filter((line) => line.startsWith('  BAD'))).toEqual([])
  // nobody is there to know the key
  expect(code).toBe(1)
  const asJson = await machine.run(['doctor', name, '--json'])
  const told = JSON.parse(asJson.stdout) as { ok: boolean; agents: { agent: string; findings: object[] }[] }
  expect([asJson.code, told]).toMatchObject([1, { ok: false, agents: [{ agent: name }] }])
  expect(told.agents[0]!.findings.length).toBe(own.filter((line) => line.startsWith('  ok')).length)
})

test.each(names)('what was taken out of the settings of %s is found', async (name) => {
  const path = settings[name].file({ HOME: machine.home }, undefined)
  await machine.run(['install', name])
  const text = readFileSync(path, 'utf8')
  const open = text
    .replace(/ \|\| \{ echo.*?exit 2; \}/, ' || true')
    .replace('"block"', '"continue"')
    .replace('"failClosed": true', '"failClosed": false')
    .replace('{', '{ "disableAllHooks": true,')
  writeFileSync(path, open)
  const { code, stdout } = await machine.run(['doctor', name])
  expect(code).toBe(1)
  expect(stdout).toMatch(/BAD .*disableAllHooks is set/)
  expect(stdout).toMatch(/BAD .*not refused where the program is missing/)
  if (name === 'claude-code') expect(stdout).toMatch(/BAD .*onFailure is "continue", not "block"/)
  if (name === 'cursor') expect(stdout).toMatch(/BAD .*failClosed is false, not true/)
})

test('nothing installed is said, and no hook before a tool is found', async () => {
  const other = makeMachine({ PATH: folder })
  expect((await other.run(['doctor'])).stdout).toContain('No settings have Holdpoint’s hooks')
  await other.run(['install', 'codex'])
  const path = settings.codex.file({ HOME: other.home }, undefined)
  writeFileSync(path, readFileSync(path, 'utf8').replace('PreToolUse', 'Stop'))
  expect((await other.run(['doctor', 'codex'])).stdout).toMatch(/BAD .*no hook is called before a tool runs/)
  other.remove()
})

test.each(names)('%s that was named and has no hooks fails, whatever else is well', async (name) => {
  const holdpoint = createServer((_, response) => {
    const me = { kind: 'agent_key', project: { slug: 'main' }, server: { time: new Date() } }
    response.setHeader('Holdpoint-Version', '1').setHeader('Content-Type', 'application/json')
    response.end(JSON.stringify(me))
  })
  await new Promise<void>((resolve) => holdpoint.listen(0, '127.0.0.1', resolve))
  const { port } = holdpoint.address() as AddressInfo
  const other = makeMachine({ HOLDPOINT_URL: `http://127.0.0.1:${port}`, HOLDPOINT_KEY: 'hpa_key' })
  const unnamed = await other.run(['doctor'])
  expect([unnamed.code, unnamed.stdout]).toEqual([0, expect.stringMatching(/ok .*knows the key/)])
  const { code, stdout } = await other.run(['doctor', name])
  expect([code, stdout]).toEqual([2, expect.stringMatching(/BAD .*no settings have Holdpoint’s hooks/)])
  const asJson = await other.run(['doctor', name, '--json'])
  const told = JSON.parse(asJson.stdout) as object
  const agents = [{ agent: name, path: null, findings: [{ is: 'bad' }] }]
  expect([asJson.code, told]).toMatchObject([2, { ok: false, agents, credentials: [{ is: 'ok' }] }])
  // one that is there does not stand for one that is not
  const there = names.find((one) => one !== name)!
  await other.run(['install', there])
  expect((await other.run(['doctor', there, name])).code).toBe(2)
  other.remove()
  holdpoint.close()
})

test.each([
  ['hooks', (text: string) => text.replace(/\}\s*$/, ', "hooks": { "Stop": [] } }')],
  ['hooks.PreToolUse', (text: string) => text.replace(/\}\s*\}\s*$/, ', "PreToolUse": [] } }')],
])('%s that stand twice are read as the coding agent does: the last count', async (key, change) => {
  const other = makeMachine({ PATH: folder })
  await other.run(['install', 'claude-code'])
  const path = settings['claude-code'].file({ HOME: other.home }, undefined)
  const text = change(readFileSync(path, 'utf8'))
  writeFileSync(path, text)
  const { code, stdout } = await other.run(['doctor', 'claude-code'])
  expect(code).toBe(1)
  expect(stdout).toMatch(new RegExp(`BAD  ${key} stands twice`))
  expect(stdout).toMatch(/BAD .*no hook is called before a tool runs/)
  const { code: uninstalled, stderr } = await other.run(['uninstall', 'claude-code'])
  expect([uninstalled, stderr]).toEqual([4, expect.stringContaining(`${key} stands twice`)])
  expect(readFileSync(path, 'utf8')).toBe(text)
  other.remove()
})

test.each([
  [{ code: 2, stdout: '', stderr: 'no' }, true],
  [{ code: 2, stdout: '', stderr: ' \n' }, false],
  [{ code: 0, stdout: '{"permission":"deny"}', stderr: '' }, true],
  [{ code: 0, stdout: '{}', stderr: '' }, false],
  [{ code: 0, stdout: '', stderr: 'no' }, false],
  [{ code: 1, stdout: '{"permission":"deny"}', stderr: 'no' }, false],
  [{ code: 127, stdout: '', stderr: 'not found' }, false],
  [{ code: null, stdout: '', stderr: '' }, false],
])('%j is a no: %j', (said, is) => {
  expect(isNo(said)).toBe(is)
})
