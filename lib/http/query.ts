import { z } from 'zod'
import { AppError } from '@/lib/errors'
import { callerIdPattern, callerIdWords } from '@/lib/ids'
import { MomentText } from '@/lib/moment'

/** `?limit=` 1 to 100, 50 without; `?cursor=` as the list gave it out. */
export const paging = {
  limit: z
    .string()
    .regex(/^\d{1,3}$/, 'A whole number from 1 to 100.')
    .transform(Number)
    .refine((limit) => limit >= 1 && limit <= 100, 'A whole number from 1 to 100.')
    .default(50)
    .meta({ type: 'integer', minimum: 1, maximum: 100, default: 50 }),
  cursor: z.string().max(2000).optional(),
}

/**
 * `?fields=`: names of members apart by commas; only these are given, and those that are `always` there.
 * @param names the members there are
 */
export function fieldsOf<K extends string>(names: readonly K[], ...always: NoInfer<K>[]) {
  const known: ReadonlySet<string> = new Set(names)
  return z
    .string()
    .max(2000)
    .transform((text) => text.split(','))
    .refine(
      (given) => given.every((name) => known.has(name)),
      `Names apart by commas, of: ${names.join(', ')}.`,
    )
    .transform((given): ReadonlySet<K> => new Set([...always, ...(given as K[])]))
    .optional()
}

export const Paging = z.strictObject(paging)

/** An id or external id, or a tool call's id, in an address. */
export function callerId(params: Record<string, string>, name: string): string {
  const value = params[name] ?? ''
  if (!callerIdPattern.test(value)) {
    throw new AppError('invalid_id', `Ids have ${callerIdWords}.`)
  }
  return value
}

/** A moment in a query, RFC 3339. */
export const queryMoment = MomentText()
  .transform((text) => new Date(text))
  .meta({ type: 'string', format: 'date-time' })
