import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Database } from '@/db/client'
import { openTestDatabase } from '@/lib/testing/open-database'
import { makeTestProject } from '@/lib/testing/project'
import { findCommand } from './admin-commands'

let db: Database
let close: () => Promise<void>

beforeAll(async () => {
  ;({ db, close } = await openTestDatabase())
})
afterAll(() => close())

describe('key create', () => {
  test.each([
    ['run', []],
    ['deploy,read', []],
    ['run,deploy', [expect.stringMatching(/can loosen the very policy/)]],
  ])('--scope %s prints one object, and warns apart from it', async (scope, warnings) => {
    const { project } = await makeTestProject(db)
    const command = findCommand(['key', 'create', '--project', project.slug, '--name', 'k', '--scope', scope])
    const answer = await command({ db, appUrl: 'http://localhost:3000', authSecret: () => '' })
    expect(answer).toEqual({
      value: { key: { id: expect.any(String), prefix: expect.any(String) }, token: expect.any(String) },
      warnings,
    })
  })

  test('needs its scopes named', () => {
    expect(() => findCommand(['key', 'create', '--project', 'p', '--name', 'k'])).toThrow(
      '--scope is missing',
    )
  })
})
