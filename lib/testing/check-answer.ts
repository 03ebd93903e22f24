import Ajv, { type ValidateFunction } from 'ajv/dist/2020.js'
import { z } from 'zod'
import type { ErrorCode } from '@/lib/errors'
import { answersOf, Problem, refusalsOf } from '@/lib/http/openapi'
import { findAddress } from '@/lib/http/router'

type Json = Record<string, unknown>
type Answer = { status: number; headers: Headers; body: Json; text: string; isJson: boolean }

const ajv = new Ajv({ strict: false, allErrors: true, logger: false })
ajv.addFormat('date-time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/)

/** What any call may refuse: credentials, limits, an address or a body that is none, our own faults. */
const anywhere = new Set<ErrorCode>([
  'unauthenticated',
  'forbidden',
  'agent_key_required',
  'not_found',
  'method_not_allowed',
  'rate_limited',
  'unavailable',
  'internal',
  'invalid_id',
  'invalid_query',
  'malformed_body',
  'unknown_field',
  'body_too_large',
  'body_too_slow',
  'unsupported_media_type',
  'too_deep',
  'too_many_keys',
])

const checks = new Map<string, ValidateFunction>()

/**
 * Holds an answer of the API against what its verb says is answered: its status, every member of it and no other, the
 * codes of its refusals.
 * @throws Error that names what is different
 */
export function checkAnswer(method: string, target: string, answer: Answer): void {
  const [path = '', query = ''] = target.split('?')
  const { address } = findAddress(path) ?? {}
  const def = address?.taken[method === 'HEAD' ? 'GET' : method]?.def
  if (!address || !def || answer.text === '' || answer.status === 304) return
  const call = `${method} ${address.path}`
  if (answer.status >= 400) {
    if (!answer.isJson) return
    hold(`${call} refused`, () => schemaOf(Problem, true), answer)
    const known = new Set([...anywhere, ...refusalsOf(method, def)])
    if (!known.has(answer.body.code as ErrorCode)) {
      throw new Error(`${call} refused with ${String(answer.body.code)}, which it does not say.`)
    }
    return
  }
  const found = answersOf(def).find(([status]) => status === answer.status)
  if (!found) throw new Error(`${call} answered ${answer.status}, which it does not say.`)
  if (answer.status === 201 && !answer.headers.has('location')) throw new Error(`${call} names no Location.`)
  if (typeof answer.body.next_cursor === 'string') expectNext(call, target, answer)
  const [, output] = found
  if (output === null || 'media' in output) return
  const isPart = new URLSearchParams(query).has('fields')
  hold(`${call} ${answer.status}${isPart ? ' in part' : ''}`, () => schemaOf(output, isPart), answer)
}

/** The address of the page that follows is that of this one, with the cursor that the body says. */
function expectNext(call: string, target: string, { headers, body }: Answer): void {
  const link = /^<(.+)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1] ?? ''
  const [from, next] = [target, link].map((one) => new URL(one, 'http://localhost'))
  from?.searchParams.set('cursor', String(body.next_cursor))
  if (from?.href !== next?.href) throw new Error(`${call} goes on, and its Link is ${headers.get('link')}.`)
}

function hold(name: string, makeSchema: () => Json, { body, text }: Answer): void {
  const check = checks.get(name) ?? ajv.compile(makeSchema())
  checks.set(name, check)
  if (check(body)) return
  throw new Error(`${name}: ${ajv.errorsText(check.errors)}. It was: ${text.slice(0, 2000)}`)
}

/** As OpenAPI has it, where members that nobody named are wrong. */
function schemaOf(schema: z.ZodType, isPart: boolean): Json {
  const made = z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any', target: 'draft-2020-12' })
  return isPart ? (withoutRequired(made) as Json) : (made as Json)
}

/** The same for a part of the members. */
function withoutRequired(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutRequired)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([key, one]) => !(key === 'required' && Array.isArray(one)))
  return Object.fromEntries(entries.map(([key, one]) => [key, withoutRequired(one)]))
}
