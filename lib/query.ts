import { z } from 'zod'
import { callerIdPattern, callerIdWords, idPrefixes, isId, type IdKind } from '@/lib/ids'
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
  cursor: z.string().max(2000).optional().meta({ description: '`next_cursor` of the page before.' }),
}

export const Paging = z.strictObject(paging)

/** A page of a list. */
export function listOf<S extends z.ZodType>(item: S) {
  return z.object({ items: z.array(item), next_cursor: z.string().nullable() })
}

/**
 * `?fields=`: names of members apart by commas; only these are given, and those that are `always` there.
 * @param names the members there are
 * @param of whose members they are, in words
 */
export function fieldsOf<K extends string>(
  names: readonly K[],
  always: readonly NoInfer<K>[],
  of = 'each item',
) {
  const known: ReadonlySet<string> = new Set(names)
  const description = `Names of members, apart by commas: only these of ${of} are given, and always ${always.join(' and ')}; long texts that are left out are not read.`
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
    .meta({ type: 'array', minItems: 1, items: { type: 'string', enum: [...names] }, description })
}

/** One or more of these words, apart by commas or each in a parameter of its own. */
export function someOf<const W extends readonly [string, ...string[]]>(words: W) {
  return z
    .string()
    .max(2000)
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(words, `One or more, apart by commas, of: ${words.join(', ')}.`)))
    .optional()
    .meta({ type: 'array', minItems: 1, items: { type: 'string', enum: [...words] } })
}

/** A tool's name, or a wildcard as in policies. */
export const toolFilter = z
  .string()
  .max(200)
  .optional()
  .meta({ description: 'A tool, or several by a wildcard as in policies: `pay.*`.' })

/** A moment in a query, RFC 3339. */
export const queryMoment = MomentText()
  .transform((text) => new Date(text))
  .meta({ type: 'string', format: 'date-time' })

/** An id of ours in an address, of this kind. */
export function idText(kind: IdKind) {
  const words = `Ids of this kind look like ${idPrefixes[kind]}_… and have 26 characters after it.`
  return z
    .string()
    .refine((text) => isId(kind, text), words)
    .meta({ pattern: `^${idPrefixes[kind]}_[0-9a-hjkmnp-tv-z]{26}$` })
}

/** An id or external id, or a tool call's id, in an address. */
export const callerIdText = z.string().regex(callerIdPattern, `Ids have ${callerIdWords}.`)
