import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { pureTests, sharedTests } from './shared-tests'

const root = fileURLToPath(new URL('../..', import.meta.url))

test('what is pure needs no database at any depth, and no environment', () => {
  const files = [
    'lib/policy/gate.test.ts',
    'lib/untrusted/show.test.ts',
    // by a factory, by a server of its own, by a driver, by a variable
    'lib/members/members.test.ts',
    'lib/cli/two-servers.test.ts',
    'lib/embedded/embedded.test.ts',
    'lib/sign-in/auth-door.test.ts',
  ]
  expect(pureTests(root, files)).toEqual(['lib/policy/gate.test.ts', 'lib/untrusted/show.test.ts'])
})

test('what needs a database alone is neither pure nor of a process of its own', () => {
  const files = [
    'lib/members/members.test.ts',
    'lib/approvals/vote.test.ts',
    // behind the API with larger limits, by a log that it reads, by counting statements, as an agent
    'app/api/approvals/approvals.test.ts',
    'lib/approvals/expire.test.ts',
    'lib/approvals/act.test.ts',
    'lib/client/gate.test.ts',
    'lib/policy/gate.test.ts',
    // by addresses that are counted, by a server of its own, by connections that it kills
    'app/api/strangers.test.ts',
    'lib/approvals/one-outcome.test.ts',
    'lib/jobs/serve.test.ts',
  ]
  expect(sharedTests(root, files)).toEqual(files.slice(0, 6))
})

describe('a test with a database has a process of its own where it', () => {
  const tree = mkdtempSync(join(tmpdir(), 'holdpoint-shared-'))
  afterAll(() => rmSync(tree, { recursive: true }))
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(tree, path)), { recursive: true })
    writeFileSync(join(tree, path), text)
  }
  write('lib/testing/database.ts', '')
  write('lib/testing/own-postgres.ts', '')
  write('lib/testing/other.ts', 'export const path = () => process.env.PATH')
  write('lib/testing/deep.ts', "import { path } from './other'")
  write('lib/env.ts', '')
  write('lib/client/connect.ts', '')
  write('lib/x/verb.ts', '')
  const first = "import { openDatabase } from '../testing/database'\n"

  const calls = ['mock()', 'doMock()', 'useFakeTimers()', "spyOn(process.stdout, 'write')", 'stubEnv()']
  test.each([...calls, 'resetModules()'])('calls vi.%s', (call) => {
    write('lib/x/a.test.ts', `${first}vi.${call}`)
    expect(sharedTests(tree, ['lib/x/a.test.ts'])).toEqual([])
  })

  test.each([
    ['changes a variable', 'delete process.env.APP_URL'],
    ['writes to the console', "console.log('x')"],
    ['starts a process', "import { spawn } from 'node:child_process'"],
    ['leaves something to all', 'globalThis.fetch = undefined'],
    ['kills connections', 'sql`select pg_terminate_backend(pid)`'],
    ['has a server of its own', "import { startPostgres } from '../testing/own-postgres'"],
    ['writes to the log', "process.stderr.write('x')"],
    ['starts a server that counts addresses', "await startRest({ RATE_LIMIT_PER_MINUTE: '600' })"],
    ['starts one with a token too', "await startRest({ MAX_BODY_KB: '9', METRICS_TOKEN: 'x' })"],
    ['starts one without background', 'await startRest({}, undefined, { withBackground: false })'],
    ['imports the environment', "import { settings } from '@/lib/env'"],
    ['imports, later, the environment', "await import('@/lib/env')"],
    ['imports help that does so', "import { path } from '../testing/deep'"],
  ])('%s', (name, line) => {
    write('lib/x/a.test.ts', first + line)
    expect(sharedTests(tree, ['lib/x/a.test.ts'])).toEqual([])
  })

  test.each([
    ['nothing of it', "import { verb } from './verb'\nawait vi.waitFor(verb)"],
    ['a log that is kept back', "vi.spyOn(process.stderr, 'write')"],
    ['a server with larger limits', "await startRest({ MAX_BODY_KB: '9', OUTBOUND_ALLOW: '127.0.0.0/8' })"],
    ['what agents install', "await import('@/lib/client/connect')"],
    ['its types alone', "import type { Settings } from '@/lib/env'"],
  ])('but not for %s', (name, line) => {
    write('lib/x/a.test.ts', first + line)
    expect(sharedTests(tree, ['lib/x/a.test.ts'])).toEqual(['lib/x/a.test.ts'])
  })
})
