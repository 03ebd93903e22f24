import { z } from 'zod'
import { Moment, WrittenText } from '@/lib/json/schemas'

export const Paused = z
  .object({ at: Moment, by: z.string(), reason: z.string().nullable() })
  .nullable()
  .meta({
    id: 'Paused',
    description: 'Since when nothing is released, by whom (as a name) and why; null where it is.',
  })
export type Paused = z.infer<typeof Paused>

/** Why something is paused, or goes on. */
export const PauseInput = z
  .strictObject({
    reason: WrittenText(1000, 'Say why, in a few words.'),
  })
  .meta({ id: 'PauseInput', description: 'Why it is paused, or goes on: `{"reason": "…"}`.' })
export type PauseInput = z.infer<typeof PauseInput>
