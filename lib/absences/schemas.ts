import { z } from 'zod'
import { Moment } from '@/lib/json/schemas'
import { MomentText } from '@/lib/moment'
import { idText } from '@/lib/query'

export const Absence = z
  .object({
    id: z.string(),
    from: Moment,
    until: Moment,
    delegate_id: z.string().nullable(),
    note: z.string().nullable(),
  })
  .meta({
    id: 'Absence',
    description: 'When a member is away, and which member decides on their seat meanwhile.',
  })
export type Absence = z.infer<typeof Absence>

const mostDays = 366

export const SetAbsenceInput = z
  .strictObject({
    from: MomentText(),
    until: MomentText(),
    delegate_id: idText('user').nullable().optional(),
    note: z
      .string()
      .trim()
      .refine((text) => [...text].length <= 200, 'At most 200 characters.')
      .nullable()
      .optional(),
  })
  .superRefine(({ from, until }, issues) => {
    const span = Date.parse(until) - Date.parse(from)
    const message =
      span <= 0
        ? 'It ends after it begins.'
        : span > mostDays * 86_400_000
          ? `At most ${mostDays} days.`
          : undefined
    if (message !== undefined) issues.addIssue({ code: 'custom', path: ['until'], message })
  })
  .meta({ id: 'SetAbsenceInput' })
export type SetAbsenceInput = z.infer<typeof SetAbsenceInput>
