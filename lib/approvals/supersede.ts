import { sql } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import { AppError } from '@/lib/errors'

/**
 * Refuses to ask in the place of what is no rejected request of the same run and tool, or has been replaced.
 * @param replaced those that are about to be, beside what is on record; it takes this one in
 * @throws AppError `invalid_input` at `/supersedes`, `already_superseded`
 */
export async function requireReplaceable(
  db: Queryable,
  { projectId, runId, tool, id }: { projectId: string; runId: string; tool: string; id: string },
  replaced = new Set<string>(),
): Promise<void> {
  const [former] = await db.execute<{ by: string | null }>(sql`
    select (select s.id from approvals s where s.supersedes = a.id) as by from approvals a
    where a.id = ${id} and a.project_id = ${projectId} and a.run_id = ${runId} and a.tool = ${tool}
      and a.status = 'rejected'`)
  if (!former) {
    const detail = 'It names no request of this run and tool that was rejected.'
    throw new AppError('invalid_input', `${detail} (/supersedes)`, {
      errors: [{ pointer: '/supersedes', detail }],
    })
  }
  if (former.by !== null || replaced.has(id))
    throw new AppError('already_superseded', 'Another request stands in its place already.', {
      members: { superseded_by: former.by },
    })
  replaced.add(id)
}
