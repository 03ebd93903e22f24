import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { deployAgent } from '@/lib/agents/deploy'
import { modernNode } from '@/examples/install.mjs'
import { keepBook } from '@/lib/testing/book'
import { installOnce } from '@/lib/testing/install-once'
import { place, useDesk } from '@/lib/testing/mcp/harness'

/** The suite of the revision of 2026-07-28 wants Node 22. */
const node = await installOnce('node', modernNode)
const at = useDesk()
const note = keepBook()
const folder = mkdtempSync(join(tmpdir(), 'holdpoint-conformance-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

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

const passed = (all: string[]) => `${all.filter((one) => one.endsWith(' SUCCESS')).length} of ${all.length}`

/** Those of the extension for tasks that a proxy can meet: it makes a task of what is held, and of nothing else. */
const taskScenarios = [
  'tasks-lifecycle',
  'tasks-capability-negotiation',
  'tasks-wire-fields',
  'tasks-request-state-removal',
  'tasks-mrtr-input',
  'tasks-request-headers',
  'tasks-dispatch-and-envelope',
]

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
    const { url: direct } = await at.serve({ LEDGER: at.desk.ledger().file })
    // of which no rule holds anything: the suite calls whatever is listed
    const { url: proxied } = await at.serveProxy(direct, { args: ['--name', 'free'] })
    const differences: string[] = []
    for (const scenario of scenarios) {
      const [plain, through] = await Promise.all([verdicts(direct, scenario), verdicts(proxied, scenario)])
      expect(plain.length).toBeGreaterThan(0)
      note({ scenario, without: passed(plain), through: passed(through) })
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

test.skipIf(!node)(
  'what it holds of a server without tasks conforms as tasks do',
  async () => {
    const held = ['slow_compute', 'failing_job', 'protocol_error_job', 'confirm_delete', 'multi_input']
    const tools = held.map((one) => `tasks/${one}`).join(', ')
    await deployAgent(at.desk.agent, { name: 'tasks', config: `approval: {tools: [${tools}]}\n` })
    const { url: direct } = await at.serve({}, { file: 'tasks-server.mjs' })
    const { url: proxied } = await at.serveProxy(direct, { args: ['--agent', 'tasks', '--name', 'tasks'] })
    let isOver = false
    // a person who says yes to everything, as soon as it is asked
    const approving = (async () => {
      while (!isOver) {
        const pending = await at.desk.list('status=pending&agent=tasks&limit=100')
        // the suite may take back what is decided here
        await Promise.all(pending.map(({ id }) => at.desk.decide(id, 'approve').catch(() => undefined)))
        await new Promise((done) => setTimeout(done, 100))
      }
    })()
    const failed: string[] = []
    for (const scenario of taskScenarios) {
      const all = await verdicts(proxied, scenario)
      expect(all.length).toBeGreaterThan(0)
      note({ scenario, through: passed(all) })
      failed.push(...all.filter((one) => !one.endsWith(' SUCCESS')).map((one) => `${scenario}: ${one}`))
    }
    isOver = true
    await approving
    expect(failed).toEqual([])
  },
  300_000,
)
