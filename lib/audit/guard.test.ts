import { sql, type SQL } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import { openTestDatabase } from '@/lib/testing/open-database'
import { makeTestProject } from '@/lib/testing/project'

let db: Database
let close: () => Promise<void>

beforeAll(async () => {
  ;({ db, close } = await openTestDatabase())
})
afterAll(() => close())

async function refusalOf(statement: SQL): Promise<string> {
  const error = await db.execute(statement).then(
    () => undefined,
    (caught: { cause?: Error }) => caught.cause,
  )
  return error?.message ?? 'done'
}

describe('sealing', () => {
  it.each(['action', 'actor_id', 'detail', 'credential_id', 'request_id', 'address'])(
    'changes no %s',
    async (column) => {
      const { project } = await makeTestProject(db)
      const seal = (more: SQL) => sql`
        update audit_entries set seq = ordinal, prev_hash = 'a', hash = 'b' ${more} where project_id = ${project.id}`
      expect(await refusalOf(seal(sql`, ${sql.raw(column)} = 'forged'`))).toContain('append-only')
      expect(await refusalOf(seal(sql``))).toBe('done')
    },
  )
})
