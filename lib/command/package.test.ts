import { execFile, execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { commands } from './commands'

const root = process.cwd()
const npm = (args: string[], cwd: string) =>
  execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], timeout: 180_000 })

type Packed = { files: { path: string; mode: number }[]; filename: string; size: number }

let folder: string
let packed: Packed
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdpoint-package-'))
  const pack = (name: string) => {
    const [one] = JSON.parse(
      npm(['pack', '--json', '--pack-destination', folder], join(root, 'lib', name)),
    ) as [Packed]
    return one
  }
  const client = pack('client')
  packed = pack('command')
  writeFileSync(join(folder, 'package.json'), '{"name": "empty", "private": true}')
  npm(
    ['install', '--offline', '--no-audit', '--no-fund', `./${client.filename}`, `./${packed.filename}`],
    folder,
  )
}, 240_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const run = async (args: string[], options: { env?: Record<string, string>; cwd?: string } = {}) => {
  const { cwd = folder, env = {} } = options
  const given = { cwd, env: { PATH: process.env.PATH, HOME: folder, ...env } as never }
  return promisify(execFile)(join(folder, 'node_modules/.bin/holdpoint'), args, given)
}

test('the package holds what was built, with the licences of what is in it, and depends on nothing', () => {
  const paths = packed.files.map(({ path }) => path)
  expect(paths).toEqual(
    expect.arrayContaining([
      'package.json',
      'README.md',
      'LICENSE',
      'dist/holdpoint.js',
      'dist/licences.txt',
    ]),
  )
  expect(
    paths.filter(
      (path) => !/^(package\.json|README\.md|LICENSE|dist\/[\w-]+\.js|dist\/licences\.txt)$/.test(path),
    ),
  ).toEqual([])
  const installed = join(folder, 'node_modules/holdpoint')
  const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as Record<
    string,
    unknown
  >
  for (const member of ['dependencies', 'peerDependencies', 'scripts.postinstall'])
    expect(manifest).not.toHaveProperty(member)
  const modules = readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.'))
  expect(modules.toSorted()).toEqual(['@holdpoint', 'holdpoint'])
  expect(packed.size).toBeLessThan(1_000_000)
  const licences = readFileSync(join(installed, 'dist/licences.txt'), 'utf8')
  for (const name of ['yaml', 'diff', 'get-east-asian-width']) expect(licences).toContain(`${name} `)
  // nothing of this machine is in it
  const texts = readdirSync(join(installed, 'dist')).map((name) =>
    readFileSync(join(installed, 'dist', name), 'utf8'),
  )
  expect(texts.filter((text) => text.includes(root))).toEqual([])
})

test('each of its commands loads where nothing else is installed', async () => {
  for (const { name } of commands) {
    const { stdout } = await run(['help', ...name.split(' ')])
    expect(stdout).toMatch(new RegExp(`^NAME\\n {7}holdpoint ${name} - `))
  }
})

test('it checks policies there, without a server', async () => {
  const agents = join(folder, 'agents')
  mkdirSync(agents)
  writeFileSync(
    join(agents, 'desk.yaml'),
    'approval:\n  tools:\n    - refund: param.amount > 1000\ncases:\n  - { tool: refund, params: { amount: 1001 }, expect: ask }\n',
  )
  const { stdout } = await run(['check', 'agents', '--junit', 'report.xml'])
  expect(stdout).toContain('All 2 are as they should be.')
  expect(existsSync(join(folder, 'report.xml'))).toBe(true)
})
