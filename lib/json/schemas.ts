import { z } from 'zod'
import { visible, visiblePattern } from '@/lib/untrusted/visible'

/** RFC 3339 in UTC with `Z`. */
export const Moment = z.string().meta({ format: 'date-time' })

/**
 * Any JSON object, passed on as it is. Not `z.record()`, which drops the key `__proto__` silently and
 * copies: the strict reader has already refused what is not JSON.
 */
export const JsonObject = z
  .custom<Record<string, unknown>>(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    'A JSON object is expected.',
  )
  .meta({ type: 'object', additionalProperties: true })

/** Any JSON value, passed on as it is. */
export const JsonValue = z
  .custom<unknown>((value) => value !== undefined, 'A JSON value is expected.')
  .meta({})

/** Text of at most `max` characters (code points, as everywhere in the contract). */
export function JsonText(max: number) {
  return z
    .string()
    .refine((text) => text.length <= max || [...text].length <= max, `At most ${max} characters.`)
    .meta({ maxLength: max })
}

/** Such a text that a person has to write; one of which nothing can be seen is refused with `mend`. */
export function WrittenText(max: number, mend: string) {
  return JsonText(max)
    .refine((text) => visible(text) !== '', mend)
    .meta({ pattern: visiblePattern })
}

/** Stands only where what was recorded is kept cut. */
export const Truncated = z
  .object({ bytes: z.int() })
  .optional()
  .meta({ description: 'What was recorded is kept cut to 256 kB each; so many bytes were told.' })
