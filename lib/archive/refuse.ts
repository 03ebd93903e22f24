import type { Queryable } from '@/db/client'
import { holdArchive } from '@/db/queries/archive'
import { AppError } from '@/lib/errors'

/**
 * Refuses what an archived project takes no more. It is not archived until the transaction ends.
 * @throws AppError `project_archived`
 */
export async function refuseWhereArchived(tx: Queryable, projectId: string): Promise<void> {
  if (await holdArchive(tx, projectId)) throw projectArchived()
}

/**
 * @param what is to be done, as the end of a sentence
 * @param members of the refusal, such as `approval`
 */
export function projectArchived(
  what = 'it takes no calls, decisions, files or keys. An owner can open it again.',
  members?: Record<string, unknown>,
): AppError {
  return new AppError('project_archived', `This project is archived: ${what}`, members && { members })
}
