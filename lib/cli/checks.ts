import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { root } from './install.mjs'
import type { Count } from './test-counts'

/** A part of `npm test` or `npm run check`: how it went, and how long it took. */
export type Part = Count & { title: string; seconds: number }

/** Does a part and measures it; what throws counts as one failure, with its name. */
export async function part(title: string, work: () => Promise<Count>): Promise<Part> {
  const begun = performance.now()
  const count = await work().catch((error: unknown): Count => {
    console.error(`${title}: failed. ${error instanceof Error ? error.message : String(error)}`)
    return failedOne(title)
  })
  return { ...count, title, seconds: (performance.now() - begun) / 1000 }
}

/** One failure, by its name. */
export function failedOne(title: string): Count {
  return { passed: 0, failed: 1, skipped: 0, failures: [{ title }], flaky: [] }
}

/** Work that passes unless it throws, as a part that counts as one. */
export function step(title: string, work: () => Promise<void>): Promise<Part> {
  return part(title, async () => {
    await work()
    console.log(`${title}: passed`)
    return { passed: 1, failed: 0, skipped: 0, failures: [], flaky: [] }
  })
}

function check(title: string, program: string, args: string[]): Promise<Part> {
  return step(title, async () => {
    const code = await run(program, args)
    if (code !== 0) throw new Error(`It ended with ${code}.`)
  })
}

/** What each checks is told by its tool; the settings are in package.json, .oxlintrc.json and tsconfig.json. */
export const checks = {
  types: () => check('Types', 'typescript/bin/tsc', ['--noEmit']),
  lint: () => check('Lint', 'oxlint/bin/oxlint', []),
  format: () => check('Format', 'prettier/bin/prettier.cjs', ['--check', '--cache', '--log-level=warn', '.']),
  unused: () => check('Unused code', 'knip/bin/knip.js', ['--no-progress']),
}

/** A program of a package, whose output goes where ours goes; 0 is success. */
export async function run(
  program: string,
  args: string[],
  env: Record<string, string> = {},
): Promise<number> {
  const child = spawn(process.execPath, [join(root, 'node_modules', program), ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const [code] = (await once(child, 'close')) as [number | null]
  return code ?? 1
}

/**
 * Generates the migrations anew in a copy: a schema that was changed without its migration shows. drizzle-kit ends
 * with 0 whatever happens, also where it would have asked about a renamed column, so its words are what counts.
 */
export function checkMigrations(scratch: string): Promise<Part> {
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
