import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { settingNames } from '@/lib/env'
import { browserAdvice, findOrInstallBrowser } from '@/lib/testing/browser'
import { isRestTest } from '@/lib/testing/rest-tests.mjs'
import { ensureBuilt } from './build'
import { root } from './install.mjs'
import {
  countPlaywright,
  countVitest,
  type Count,
  type PlaywrightReport,
  type VitestReport,
} from './test-counts'

const passedOne: Count = { passed: 1, failed: 0, skipped: 0, failures: [], flaky: [] }
const failedOne: Count = { passed: 0, failed: 1, skipped: 0, failures: [], flaky: [] }

/**
 * `npm test`: every check and every test, or the tests whose path contains one of `filters`. The last line is
 * `N passed, N failed, N skipped`, after the names of what failed, where each check (types, lint, migrations, build)
 * counts as one and each test of the API twice: behind our own front and behind Next. A machine that is busy with
 * something else may be slow once, so what fails is tried a second time, and named where that passes.
 *
 * @returns the exit code
 */
export async function main(filters: string[]): Promise<number> {
  // tests have a database of their own; what the shell is set to must not reach them
  for (const name of settingNames) delete process.env[name]
  process.env.NEXT_TELEMETRY_DISABLED = '1'
  const scratch = mkdtempSync(join(tmpdir(), 'holdpoint-npm-test-'))
  try {
    const all = filters.length === 0
    const unit = testFiles(/\.test\.tsx?$/, filters)
    const browser = testFiles(/\.e2e\.ts$/, filters)
    if (!all && unit.length + browser.length === 0)
      console.error(`No test's path contains ${filters.join(' or ')}.`)
    const counts: Count[] = all || unit.length + browser.length > 0 ? [] : [failedOne]
    if (all) counts.push(await check('Lint', 'oxlint/bin/oxlint', []), await checkMigrations(scratch))
    const needsPages = all || browser.length > 0 || unit.some(isRestTest)
    if (needsPages) counts.push(await step('Build', () => ensureBuilt(() => undefined)))
    // after the build, which writes the types of the routes
    if (all) counts.push(await check('Types', 'typescript/bin/tsc', ['--noEmit']))
    if (unit.length > 0) counts.push(await runUnitTests(filters, scratch))
    if (browser.length > 0) counts.push(await runBrowserTests(browser, scratch))
    return report(counts)
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

function report(counts: Count[]): number {
  for (const name of counts.flatMap((count) => count.flaky))
    console.error(`Passed at its second try: ${name}`)
  for (const name of counts.flatMap((count) => count.failures)) console.error(`Failed: ${name}`)
  const sum = (key: 'passed' | 'failed' | 'skipped') => counts.reduce((total, count) => total + count[key], 0)
  console.log(`${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`)
  return sum('failed') === 0 && sum('passed') > 0 ? 0 : 1
}

function testFiles(name: RegExp, filters: string[]): string[] {
  return ['app', 'components', 'db', 'examples', 'lib']
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) =>
        join(folder, file),
      ),
    )
    .filter(
      (file) => name.test(file) && (filters.length === 0 || filters.some((filter) => file.includes(filter))),
    )
}

/** A program of a package, whose output goes where ours goes; 0 is success. */
async function run(program: string, args: string[], env: Record<string, string> = {}): Promise<number> {
  const child = spawn(process.execPath, [join(root, 'node_modules', program), ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const [code] = (await once(child, 'close')) as [number | null]
  return code ?? 1
}

async function step(title: string, work: () => Promise<void>): Promise<Count> {
  const begun = performance.now()
  try {
    await work()
    console.log(`${title}: passed (${((performance.now() - begun) / 1000).toFixed(1)} s)`)
    return passedOne
  } catch (error) {
    console.error(`${title}: failed. ${error instanceof Error ? error.message : String(error)}`)
    return { ...failedOne, failures: [title] }
  }
}

function check(title: string, program: string, args: string[]): Promise<Count> {
  return step(title, async () => {
    const code = await run(program, args)
    if (code !== 0) throw new Error(`It ended with ${code}.`)
  })
}

/**
 * Generates the migrations anew in a copy: a schema that was changed without its migration shows. drizzle-kit ends
 * with 0 whatever happens, also where it would have asked about a renamed column, so its words are what counts.
 */
function checkMigrations(scratch: string): Promise<Count> {
  return step('Migrations', async () => {
    const { default: config } = await import('@/db/drizzle.config')
    const out = join(scratch, 'drizzle')
    cpSync(join(root, config.out ?? 'drizzle'), out, { recursive: true })
    const file = join(scratch, 'drizzle.config.json')
    writeFileSync(file, JSON.stringify({ ...config, out: relative(root, out) }))
    const args = [
      join(root, 'node_modules/drizzle-kit/bin.cjs'),
      'generate',
      '--config',
      relative(root, file),
    ]
    const { stdout, stderr } = spawnSync(process.execPath, args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      encoding: 'utf8',
    })
    if (/No schema changes/.test(stdout)) return
    throw new Error(`The schema differs from drizzle/. Run npm run db:generate.\n${stdout}${stderr}`)
  })
}

async function runUnitTests(filters: string[], scratch: string): Promise<Count> {
  const file = join(scratch, 'vitest.json')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
  const config = ['--config', 'lib/testing/vitest.config.ts']
  const args = ['run', ...config, ...reporters, ...filters]
  const code = await run('vitest/vitest.mjs', args, { TEST_FRONTS: 'both', TEST_RETRIES: '1' })
  return existsSync(file)
    ? countVitest(JSON.parse(readFileSync(file, 'utf8')) as VitestReport, code)
    : failedOne
}

async function runBrowserTests(files: string[], scratch: string): Promise<Count> {
  const browser = findOrInstallBrowser((line) => console.log(line))
  if (browser === undefined) {
    console.error(browserAdvice)
    return failedOne
  }
  const file = join(scratch, 'playwright.json')
  const args = ['test', '--config', 'lib/testing/playwright.config.ts', '--reporter=list,json']
  // Playwright reads its arguments as patterns, and routes have brackets in their names
  const patterns = files.map((path) => path.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  const env = { CHROMIUM_PATH: browser, TEST_RETRIES: '1', PLAYWRIGHT_JSON_OUTPUT_FILE: file }
  const code = await run('@playwright/test/cli.js', [...args, ...patterns], env)
  return existsSync(file)
    ? countPlaywright(JSON.parse(readFileSync(file, 'utf8')) as PlaywrightReport, code)
    : failedOne
}
