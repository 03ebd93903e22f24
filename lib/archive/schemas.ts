import { z } from 'zod'
import { Moment } from '@/lib/json/schemas'

export const Archived = z.object({ at: Moment, by: z.string() }).nullable().meta({
  id: 'Archived',
  description: 'Since when the project is archived, and by whom (as a name); null where it is not.',
})

export const ArchiveInput = z
  .strictObject({ confirm: z.string().max(64).meta({ description: 'The project’s slug.' }) })
  .meta({ id: 'ArchiveInput' })
export type ArchiveInput = z.infer<typeof ArchiveInput>
