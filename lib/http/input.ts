import type { z } from 'zod'
import { AppError, type InputIssue } from '@/lib/errors'
import { issueWords } from './issue-words'

/** RFC 6901. */
function pointerOf(path: PropertyKey[]): string {
  return path.map((part) => `/${String(part).replace(/~/g, '~0').replace(/\//g, '~1')}`).join('')
}

/**
 * A value by its schema.
 * @throws AppError `unknown_field`, `invalid_input` with each fault and its pointer
 */
export function parseInput<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const { data, error } = safeInput(schema, value)
  if (error) throw error
  return data as z.output<S>
}

/** The same, which throws nothing. */
export function safeInput<S extends z.ZodType>(
  schema: S,
  value: unknown,
): { data: z.output<S>; error?: undefined } | { data?: undefined; error: AppError } {
  const parsed = schema.safeParse(value, { error: issueWords })
  return parsed.success ? { data: parsed.data } : { error: inputError(parsed.error) }
}

function inputError(error: z.ZodError): AppError {
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
  return parseInput(schema, raw)
}

/** A form's fields by their schema. */
export function readForm<S extends z.ZodType>(schema: S, form: unknown): z.output<S> {
  return readInput(schema, form instanceof FormData ? Object.fromEntries(form) : {})
}

/** What Next hands a page of its address's query: a name that stands there twice has a list. */
export type Search = Record<string, string | string[] | undefined>

/**
 * The query of a page's address by the schemas of its names. Whatever is not by them is left out, and named for the
 * page to say so; names that nobody knows mean nothing.
 */
export function pageQuery<S extends Record<string, z.ZodType>>(
  schemas: S,
  search: Search,
): { query: { [K in keyof S]?: z.output<S[K]> }; leftOut: string[] } {
  const query: { [K in keyof S]?: z.output<S[K]> } = {}
  const leftOut: string[] = []
  for (const name of Object.keys(schemas) as (keyof S & string)[]) {
    const value = Object.hasOwn(search, name) ? search[name] : undefined
    if (value === undefined || value === '') continue
    try {
      // What was no UTF-8 in the address; nobody looks for that.
      if (value.includes('\ufffd')) throw new AppError('invalid_input', 'Is no text.')
      const read = readInput(schemas[name]!, value)
      if (read !== '') query[name] = read
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      leftOut.push(name)
    }
  }
  return { query, leftOut }
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
