import { sql } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import { isPending } from './approval-places'
import { waitsFor, type AskedPerson } from './asked-person'

/** Whether something of a project that is pending asks some people alone. */
export async function asksSome(db: Queryable, projectId: string): Promise<boolean> {
  const [row] = await db.execute<{ isSo: boolean }>(sql`
    select exists (select from approvals a where a.project_id = ${projectId} and ${isPending} and a.pools is not null)
      as "isSo"`)
  return row?.isSo === true
}

/** Whether something waits for a person of which not everybody is asked: it asks them by a name, or is in their hands. */
export async function hasOwn(db: Queryable, projectId: string, person: AskedPerson): Promise<boolean> {
  const [row] = await db.execute<{ isSo: boolean }>(sql`
    select exists (select from approvals a where a.project_id = ${projectId} and ${isPending}
      and a.expires_at > (select clock_timestamp())
      and (a.pools is not null or a.assignee_id = ${person.id}) and ${waitsFor(sql`a`, person)}) as "isSo"`)
  return row?.isSo === true
}
