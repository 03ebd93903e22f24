import type { z } from 'zod'
import { AppError, type InputIssue } from '@/lib/errors'

/** RFC 6901. */
function pointerOf(path: PropertyKey[]): string {
  return path.map((part) => `/${String(part).replace(/~/g, '~0').replace(/\//g, '~1')}`).join('')
}

/** What zod refused, as `unknown_field` or `invalid_input`, each fault with its pointer. */
export function inputError(error: z.ZodError): AppError {
  const unknown: InputIssue[] = []
  const wrong: InputIssue[] = []
  for (const issue of error.issues) {
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) {
        unknown.push({
          pointer: pointerOf([...issue.path, key]),
          detail: 'This field is not known here; leave it out.',
        })
      }
    } else wrong.push({ pointer: pointerOf(issue.path), detail: issue.message })
  }
  const errors = [...unknown, ...wrong]
  const first = errors[0]
  const where = first?.pointer ? ` (${first.pointer})` : ''
  return unknown.length > 0
    ? new AppError('unknown_field', `Unknown field${where}; nothing was done.`, { errors })
    : new AppError('invalid_input', `${first?.detail ?? 'The input is not valid.'}${where}`, { errors })
}

/**
 * Input of a page, a form or an action, by its schema. What the API's own reader refuses before any schema sees it
 * is refused here too: NUL and halves of surrogate pairs, which PostgreSQL and UTF-8 do not hold.
 * @throws AppError `invalid_input`, `unknown_field`
 */
export function readInput<S extends z.ZodType>(schema: S, raw: unknown): z.output<S> {
  const odd = pathOfOddText(raw)
  if (odd) {
    const detail = 'Holds a NUL character or half of a surrogate pair; leave it out.'
    throw new AppError('invalid_input', detail, { errors: [{ pointer: pointerOf(odd), detail }] })
  }
  const parsed = schema.safeParse(raw)
  if (!parsed.success) throw inputError(parsed.error)
  return parsed.data
}

/** A form's fields by their schema. */
export function readForm<S extends z.ZodType>(schema: S, form: unknown): z.output<S> {
  return readInput(schema, form instanceof FormData ? Object.fromEntries(form) : {})
}

const oddText = /\0|\p{Surrogate}/u

/** Where in plain data the first such text or key stands. */
function pathOfOddText(raw: unknown): string[] | undefined {
  const left: { value: unknown; path: string[] }[] = [{ value: raw, path: [] }]
  const seen = new Set<unknown>()
  for (let at = left.pop(); at; at = left.pop()) {
    const { value, path } = at
    if (typeof value === 'string' && oddText.test(value)) return path
    if (typeof value !== 'object' || value === null || seen.has(value)) continue
    seen.add(value)
    for (const [key, one] of Object.entries(value)) {
      if (oddText.test(key)) return path
      left.push({ value: one, path: [...path, key] })
    }
  }
  return undefined
}
