import { fileURLToPath } from 'node:url'
import { defineConfig, type TestProjectConfiguration } from 'vitest/config'
import { nextTests } from './rest-tests.mjs'
import { pureTests, sharedTests } from './shared-tests'
import { testFiles } from './test-files'

const root = fileURLToPath(new URL('../..', import.meta.url))
// inherited by the workers and by what they start
process.env.NODE_OPTIONS = `${process.env.NODE_OPTIONS ?? ''} --require ${JSON.stringify(`${root}lib/testing/simple-fetch.cjs`)}`
const resolve = { alias: { '@/words': `${root}components/words/en`, '@': root.replace(/\/$/, '') } }

/** `npm test` asks for both fronts and builds the pages for it; without, there is only our own, which needs no build. */
const withNext = process.env.TEST_FRONTS === 'both'

/** These share processes, each with its kind, where every other file has one of its own. */
const files = testFiles(root, /\.test\.tsx?$/)
const pure = pureTests(root, files)
const shared = sharedTests(root, files)

function project(name: 'own' | 'next' | 'pure' | 'shared', include: string[]): TestProjectConfiguration {
  // Next's server runs in production, and React must be the same one everywhere in a process.
  const isProduction = name === 'next'
  return {
    root,
    resolve,
    ...(isProduction ? { oxc: { jsx: { runtime: 'automatic' as const, development: false } } } : {}),
    test: {
      name,
      include,
      isolate: name !== 'pure' && name !== 'shared',
      ...(name === 'shared' ? { restoreMocks: true } : {}),
      ...(name === 'own' ? { exclude: [...pure, ...shared] } : {}),
      provide: { front: isProduction ? 'next' : 'own' },
      ...(isProduction ? { env: { NODE_ENV: 'production' } } : {}),
      pool: 'forks',
      // A poll ends as soon as it finds what it looks for, and no time here says how fast anything is.
      expect: { poll: { timeout: 20_000 } },
      testTimeout: 60_000,
      hookTimeout: 120_000,
    },
  }
}

/** No query of ours reads this table, so whatever became of it says nothing of us. */
function isTypeQuery(error: object): boolean {
  return String((error as { query?: unknown }).query).includes('from pg_catalog.pg_type')
}

export default defineConfig({
  root,
  resolve,
  test: {
    globalSetup: ['lib/testing/global-setup.ts'],
    maxWorkers: 4,
    // Those that say they run at the same time start processes and mostly wait.
    maxConcurrency: 8,
    projects: [
      project('pure', pure),
      project('shared', shared),
      project('own', ['{app,components,db,examples,lib}/**/*.test.{ts,tsx}']),
      ...(withNext ? [project('next', nextTests)] : []),
    ],
    // Tests that kill the database meet what npm start is guarded against: the job worker's own connection, and
    // what postgres.js asks by itself on a new one, failing outside every promise of ours.
    onUnhandledError: (error) =>
      !/node_modules[\\/](pg-pool|pg-protocol|graphile-worker)[\\/]/.test(error.stack ?? '') &&
      !isTypeQuery(error),
  },
})
