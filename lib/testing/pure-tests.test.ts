import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { pureTests } from './pure-tests'

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
