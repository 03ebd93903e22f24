import type { z } from 'zod'
import type { Archived } from './schemas'

type Flags = { archivedAt: Date | null; archivedBy: string | null }

/** That a project is archived, as everybody outside sees it. */
export function archivedToWire({ archivedAt: at, archivedBy: by }: Flags): z.infer<typeof Archived> {
  return at === null ? null : { at: at.toISOString(), by: by ?? '' }
}
