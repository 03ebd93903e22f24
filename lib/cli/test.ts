import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { settingNames } from '@/lib/env'
import { browserAdvice, hasOrGetsBrowser } from '@/lib/testing/browser'
import { isNextTest } from '@/lib/testing/rest-tests.mjs'
import { testFiles } from '@/lib/testing/test-files'
import { ensureBuilt } from './build'
import { checkMigrations, checks, failedOne, part, type Part, run, step } from './checks'
import { root } from './install.mjs'
import {
  countPlaywright,
  countVitest,
  failedFiles,
  type Failure,
  type PlaywrightReport,
  type VitestReport,
  type VitestRun,
} from './test-counts'

/**
 * `npm test`: every check and every test, or the tests whose path contains one of `args`; with `--quick`, which is
 * `npm run check`, what needs no build, no database and no browser. At the end stand what each part took, the names
 * of what failed and, as the last line, `N passed, N failed, N skipped`, where each check (types, lint, format,
 * unused code, migrations, build) counts as one, and what is tested behind our own front and behind Next twice. A
 * machine that is busy with something else may be slow once, so what fails is tried a second time, and named
 * where that passes.
 *
 * @returns the exit code
 */
export async function main(args: string[]): Promise<number> {
  // tests have a database of their own; what the shell is set to must not reach them
  for (const name of settingNames) delete process.env[name]
  process.env.NEXT_TELEMETRY_DISABLED = '1'
  // of names without their ending, which ours are everywhere
  process.env.VITE_CONFIG_NATIVE_IGNORE_WARNING = 'true'
  const scratch = mkdtempSync(join(tmpdir(), 'holdpoint-npm-test-'))
  try {
    return report(args.includes('--quick') ? await quick(scratch) : await whole(args, scratch))
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

/** The two that use one processor each are done at once. */
async function quick(scratch: string): Promise<Part[]> {
  const first = [await checks.types(), await checks.lint()]
  const beside = await Promise.all([checks.format(), checks.unused()])
  return [...first, ...beside, await runUnitTests(['--project', 'pure'], scratch, {})]
}

async function whole(filters: string[], scratch: string): Promise<Part[]> {
  const all = filters.length === 0
  const named = (file: string) => all || filters.some((filter) => file.includes(filter))
  const unit = testFiles(root, /\.test\.tsx?$/).filter(named)
  const browser = testFiles(root, /\.e2e\.ts$/).filter(named)
  if (!all && unit.length + browser.length === 0) {
    console.error(`No test's path contains ${filters.join(' or ')}.`)
    return []
  }
  const parts: Part[] = []
  const needsPages = all || browser.length > 0 || unit.some(isNextTest)
  const build = async () => (needsPages ? [await step('Build', () => ensureBuilt(() => undefined))] : [])
  const checked = async () =>
    all ? [await checks.format(), await checks.unused(), await checkMigrations(scratch)] : []
  // by itself, for it reads the types of the routes, which the build writes
  if (all) parts.push(await checks.lint())
  // a processor each
  parts.push(...(await Promise.all([checked(), build()])).flat())
  // after the build, which writes the types of the routes
  if (all) parts.push(await checks.types())
  if (unit.length > 0) parts.push(await runUnitTests(filters, scratch, { TEST_FRONTS: 'both' }))
  if (browser.length > 0) parts.push(await runBrowserTests(browser, scratch))
  return parts
}

function report(parts: Part[]): number {
  for (const { title, seconds, passed, failed } of parts)
    console.log(
      `${title.padEnd(14)}${seconds.toFixed(1).padStart(7)} s${failed > 0 ? '  failed' : passed > 1 ? `  ${passed} passed` : ''}`,
    )
  for (const failure of parts.flatMap((count) => count.flaky)) print('Passed at its second try', failure)
  for (const failure of parts.flatMap((count) => count.failures)) print('Failed', failure)
  const sum = (key: 'passed' | 'failed' | 'skipped') => parts.reduce((total, count) => total + count[key], 0)
  console.log(`${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`)
  return sum('failed') === 0 && sum('passed') > 0 ? 0 : 1
}

function print(how: string, { title, reason }: Failure): void {
  console.error(`${how}: ${title}${reason === undefined ? '' : `\n  ${reason.replaceAll('\n', '\n  ')}`}`)
}

/** Files of which something failed run again as a whole, by themselves: a test alone may meet what its first try left. */
function runUnitTests(args: string[], scratch: string, env: Record<string, string>): Promise<Part> {
  return part('Tests', async () => {
    const first = await runVitest(args, join(scratch, 'vitest.json'), env)
    if (!first) return failedOne('Tests')
    const failed = failedFiles(first.report)
    if (failed.length === 0) return countVitest(first)
    console.log(`\nOnce more, by themselves: ${failed.map((file) => relative(root, file)).join(', ')}`)
    return countVitest(first, await runVitest(failed, join(scratch, 'vitest-again.json'), env))
  })
}

async function runVitest(
  args: string[],
  file: string,
  env: Record<string, string>,
): Promise<VitestRun | undefined> {
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
  const config = ['--config', 'lib/testing/vitest.config.ts']
  const code = await run('vitest/vitest.mjs', ['run', ...config, ...reporters, ...args], env)
  const report = readReport<VitestReport>(file)
  return report && { report, code }
}

function runBrowserTests(files: string[], scratch: string): Promise<Part> {
  return part('Browser tests', async () => {
    if (!hasOrGetsBrowser((line) => console.log(line))) throw new Error(browserAdvice)
    const file = join(scratch, 'playwright.json')
    const args = ['test', '--config', 'lib/testing/playwright.config.ts', '--reporter=list,json']
    // Playwright reads its arguments as patterns, and routes have brackets in their names
    const patterns = files.map((path) => path.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    const env = { TEST_RETRIES: '1', PLAYWRIGHT_JSON_OUTPUT_FILE: file }
    const code = await run('@playwright/test/cli.js', [...args, ...patterns], env)
    const report = readReport<PlaywrightReport>(file)
    return report ? countPlaywright(report, code) : failedOne('Browser tests')
  })
}

function readReport<R>(file: string): R | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as R) : undefined
}
