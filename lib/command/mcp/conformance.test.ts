import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { modernNode } from '@/examples/install.mjs'
import { makeDesk, place, until, type Desk } from '@/lib/testing/mcp/harness'
import { startRest, type Rest } from '@/lib/testing/rest'

/** The suite of the revision of 2026-07-28 wants Node 22. */
const node = modernNode()
let rest: Rest
let desk: Desk
let folder: string
const processes: ChildProcess[] = []
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'holdpoint-conformance-'))
  rest = await startRest()
  desk = await makeDesk(rest)
}, 120_000)
afterAll(async () => {
  for (const one of processes) one.kill('SIGTERM')
  rmSync(folder, { recursive: true, force: true })
  desk?.remove()
  await rest?.close()
})

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function listen(command: string, args: string[], env: Record<string, string>): Promise<void> {
  const child = spawn(command, args, { env: env as NodeJS.ProcessEnv, stdio: ['ignore', 'ignore', 'pipe'] })
  processes.push(child)
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => (said += String(chunk)))
  await until(() => said.includes('listening'))
}

/** The checks of a scenario with their verdicts. */
async function verdicts(url: string, scenario: string): Promise<string[]> {
  const cwd = mkdtempSync(join(folder, 'run-'))
  const program = join(place, 'node_modules/@modelcontextprotocol/conformance/dist/index.js')
  const args = [program, 'server', '--url', url, '--scenario', scenario, '-o', 'results']
  await new Promise<void>((resolve) => execFile(node ?? '', args, { cwd }, () => resolve()))
  const results = join(cwd, 'results')
  return readdirSync(results).flatMap((one) => {
    const checks = JSON.parse(readFileSync(join(results, one, 'checks.json'), 'utf8')) as {
      id: string
      status: string
    }[]
    return checks.map(({ id, status }) => `${id} ${status}`)
  })
}

const scenarios = [
  'server-initialize',
  'ping',
  'tools-list',
  'dns-rebinding-protection',
  'caching',
  'http-header-validation',
  'server-stateless',
  'input-required-result-unsupported-methods',
]

test.skipIf(!node)(
  'a server conforms through the proxy as it does without',
  async () => {
    const [server, proxy] = [await freePort(), await freePort()]
    const ledger = desk.ledger()
    const env = { PATH: process.env.PATH ?? '', LEDGER: ledger.file, LEDGER_PORT: String(server) }
    await listen(process.execPath, [join(place, 'ledger-server.mjs')], env)
    const direct = `http://127.0.0.1:${server}/mcp`
    const start = desk.proxy([])
    const args = start.args.slice(0, start.args.indexOf('--'))
    await listen(
      start.command,
      // of which no rule holds anything: the suite calls whatever is listed
      [...args, '--name', 'free', '--http', `127.0.0.1:${proxy}`, '--upstream', direct],
      start.env,
    )
    const differences: string[] = []
    for (const scenario of scenarios) {
      const [plain, through] = await Promise.all([
        verdicts(direct, scenario),
        verdicts(`http://127.0.0.1:${proxy}/mcp`, scenario),
      ])
      expect(plain.length).toBeGreaterThan(0)
      if (plain.join() !== through.join()) {
        const changed = through.filter((one) => !plain.includes(one))
        differences.push(`${scenario}: ${changed.join(', ') || through.join(', ')}`)
      }
    }
    // the proxy checks Host and Origin, which the bare handler of the SDK does not
    expect(differences.filter((one) => !one.includes('rebinding'))).toEqual([])
  },
  300_000,
)
