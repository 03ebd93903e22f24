import { z } from 'zod'
import { AppError, type InputIssue } from '@/lib/errors'
import type { Definition } from '@/lib/verb'
import type { Credential } from './credential'
import { safeInput } from './input'

/**
 * No id and no word holds NUL, and PostgreSQL takes none in a text.
 * @throws AppError `invalid_id`, `invalid_query`
 */
export function requireNoNul({ url }: Request): void {
  const [path = '', query = ''] = url.split(/\?(.*)/s)
  if (path.includes('%00')) throw new AppError('invalid_id', 'The address holds a NUL character (%00).')
  refusePair(query, (pair) => pair.includes('%00'), 'Holds a NUL character (%00); leave it out.')
}

/**
 * What is no text would be looked for as another one.
 * @throws AppError `invalid_id`, `invalid_query`
 */
export function requireText(request: Request): void {
  requireNoNul(request)
  const [, query = ''] = request.url.split(/\?(.*)/s)
  refusePair(query, isBroken, 'Its percent-encoding is broken or no UTF-8; write % itself as %25.')
}

function isBroken(pair: string): boolean {
  try {
    decodeURIComponent(pair)
    return false
  } catch {
    return true
  }
}

/** @throws AppError `invalid_query` */
function refusePair(query: string, isWrong: (pair: string) => boolean, detail: string): void {
  if (!query.includes('%')) return
  const pair = query.split('&').find(isWrong)
  if (pair === undefined) return
  const name = new URLSearchParams(pair).keys().next().value?.replaceAll('\0', '') ?? ''
  throw invalidQuery([{ pointer: `/${name}`, detail }])
}

const noFields = z.strictObject({})

/**
 * The query of an address by its schema; that of a session may name its project beside, and that of a call that waits
 * its seconds, which `waitSeconds` reads.
 * @throws AppError `invalid_query`
 */
export function readQuery(
  request: Request,
  credential: Credential,
  { query: schema = noFields, waits }: Pick<Definition, 'query' | 'waits'>,
): object {
  const { url } = request
  const at = url.indexOf('?')
  const search = new URLSearchParams(at < 0 ? '' : url.slice(at))
  if (credential.kind === 'session') search.delete('project')
  const given = new Map<string, string>()
  for (const [name, value] of search) {
    const before = given.get(name)
    if (before !== undefined && !takesSeveral(schema, name))
      throw invalidQuery([{ pointer: `/${name}`, detail: 'Given twice; give it once.' }])
    if (name === '__proto__') throw invalidQuery([{ pointer: `/${name}`, detail: 'Not known here.' }])
    given.set(name, before === undefined ? value : `${before},${value}`)
  }
  if (waits) given.delete('wait')
  const { data, error } = safeInput(schema, Object.fromEntries(given))
  if (error) throw invalidQuery(hintAtPlus(error.errors ?? [], given, schema))
  return data as object
}

/** `a=1&a=2` is `a=1,2` where a list is wanted, and a mistake elsewhere. */
function takesSeveral(schema: z.ZodObject, name: string): boolean {
  return Object.hasOwn(schema.shape, name) && schema.shape[name]?.meta()?.type === 'array'
}

/** A plus sign in a query means a blank, so the zone of `2026-01-01T00:00:00+02:00` arrives as none. */
function hintAtPlus(issues: InputIssue[], given: Map<string, string>, schema: z.ZodType): InputIssue[] {
  const meant = [...given].map(([name, value]) => [name, value.replaceAll(' ', '+')])
  const still = safeInput(schema, Object.fromEntries(meant)).error?.errors ?? []
  return issues.map((issue) => {
    if (still.some(({ pointer }) => pointer === issue.pointer)) return issue
    return { ...issue, detail: `${issue.detail} A + in a query means a blank: write + as %2B.` }
  })
}

function invalidQuery(errors: InputIssue[]): AppError {
  const first = errors[0]
  return new AppError(
    'invalid_query',
    `Query ${first?.pointer.slice(1) ?? ''}: ${first?.detail ?? 'not valid.'}`,
    { errors },
  )
}

/**
 * The parts of an address by their schema.
 * @throws AppError `invalid_id`
 */
export function readPath(schema: z.ZodObject, params: Record<string, string>): object {
  const { data, error } = safeInput(schema, params)
  if (error) throw new AppError('invalid_id', error.errors?.[0]?.detail ?? 'The address holds no such id.')
  return data
}
