import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { sharedDatabase } from '@/db/client'
import type { Context } from '@/lib/context'
import { settings } from '@/lib/env'
import { AppError } from '@/lib/errors'
import { readJson } from './body'
import { authenticate, contextOf, credentialOf, type Credential } from './credential'
import { drainAfterAnswer } from './drain'
import { inputError } from './input'
import { logError } from './log'
import { toAppError, toProblem, unavailable } from './problem'
import { countRequest, rateHeaders, type Bucket } from './rate-limit'

/** Every database call of a request together; a frozen database answers 503 and not nothing. */
const deadlineMs = 4500

export type RouteParams = Record<string, string>
/** What Next hands a route handler beside the request. */
export type Segment = { params: Promise<RouteParams> }
export type Handler = ((request: Request, segment?: Segment) => Promise<Response>) & {
  /** Set on the answer to methods that an address does not take. */
  isRefusal?: true
}

/** What a handler works with. `sources` is the exact text of each top-level member of a JSON body. */
export type Call<B, Q> = {
  ctx: Context
  params: RouteParams
  query: Q
  body: B
  sources: Record<string, string>
  request: Request
  /** Runs work that may outlive the deadline, such as a wait. */
  requestId: string
}

type Options<B extends z.ZodType, Q extends z.ZodType> = {
  /** Who may call at all, judged before the body is read; the verb judges again beside the data. */
  access?: (ctx: Context) => void
  body?: B
  query?: Q
  bucket?: Bucket
  status?: number
  /** The handler reads the body itself: bytes, YAML. */
  rawBody?: boolean
  /** For what waits or streams: the verb keeps its own time. */
  mayWait?: boolean
}

const noFields = z.strictObject({})

/**
 * Makes a handler, a plain function from Request to Response: credential, rate limit, query and body are
 * read and checked in this order, the verb is called, and whatever is thrown becomes a problem document.
 * @param handle answers JSON, `reply(…)` for another status or headers, or a Response of its own
 */
export function route<B extends z.ZodType = typeof noFields, Q extends z.ZodType = typeof noFields>(
  options: Options<B, Q>,
  handle: (call: Call<z.output<B>, z.output<Q>>) => Promise<unknown>,
): Handler {
  return async (request, segment) => {
    const requestId = randomUUID()
    const headers: Record<string, string> = { 'X-Request-Id': requestId }
    try {
      const begin = prepare(options, request, segment, requestId, headers)
      const call = await withDeadline(begin)
      const work = handle(call)
      const result = await (options.mayWait ? work : withDeadline(work))
      if (request.method !== 'GET') await drainAfterAnswer()
      return respond(result, options.status ?? 200, headers)
    } catch (error) {
      return failed(error, requestId, headers, request)
    }
  }
}

async function prepare<B extends z.ZodType, Q extends z.ZodType>(
  options: Options<B, Q>,
  request: Request,
  segment: Segment | undefined,
  requestId: string,
  headers: Record<string, string>,
): Promise<Call<z.output<B>, z.output<Q>>> {
  const setting = settings()
  const credential = credentialOf(request, setting.appUrl.startsWith('https:'))
  requireSameOrigin(request, credential, setting.appUrl)
  const bucket = options.bucket ?? 'read'
  const rate = countRequest(credential.hash, bucket, setting.rateLimitPerMinute, performance.now())
  if (rate) Object.assign(headers, rateHeaders(bucket, rate))
  const db = sharedDatabase(setting.databaseUrl)
  const ctx = contextOf(db, await authenticate(db, credential), setting)
  options.access?.(ctx)
  const params = segment ? await segment.params : {}
  const query = readQuery(request, credential, options.query ?? noFields) as z.output<Q>
  const { body, sources } = options.rawBody
    ? { body: undefined, sources: {} }
    : await readBody(request, options.body)
  return { ctx, params, query, body: body as z.output<B>, sources, request, requestId }
}

/** A browser session may change something only from our own pages. */
function requireSameOrigin(request: Request, credential: Credential, appUrl: string): void {
  if (credential.kind !== 'session' || request.method === 'GET' || request.method === 'HEAD') return
  if (request.headers.get('origin') === appUrl) return
  throw new AppError('forbidden', `A browser session may change something only from ${appUrl}.`)
}

function readQuery(request: Request, credential: Credential, schema: z.ZodType): unknown {
  const search = new URL(request.url).searchParams
  if (credential.kind === 'session') search.delete('project')
  const given: Record<string, string> = {}
  for (const [name, value] of search) {
    if (Object.hasOwn(given, name))
      throw invalidQuery([{ pointer: `/${name}`, detail: 'Given twice; give it once.' }])
    given[name] = value
  }
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  throw invalidQuery(inputError(parsed.error).errors ?? [])
}

function invalidQuery(errors: { pointer: string; detail: string }[]): AppError {
  const first = errors[0]
  return new AppError(
    'invalid_query',
    `Query ${first?.pointer.slice(1) ?? ''}: ${first?.detail ?? 'not valid.'}`,
    { errors },
  )
}

async function readBody(request: Request, schema: z.ZodType | undefined) {
  if (request.method === 'GET' || request.method === 'HEAD' || request.method === 'DELETE') {
    return { body: undefined, sources: {} }
  }
  // A call without a body may be sent with none, but not with fields that mean nothing.
  if (schema === undefined && (request.body === null || request.headers.get('content-length') === '0')) {
    return { body: undefined, sources: {} }
  }
  if (schema === undefined && !request.headers.has('content-type')) return { body: undefined, sources: {} }
  const { value, sources } = await readJson(request)
  const parsed = (schema ?? noFields).safeParse(value)
  if (!parsed.success) throw inputError(parsed.error)
  return { body: parsed.data, sources }
}

async function withDeadline<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(unavailable()), deadlineMs)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

class Reply {
  constructor(
    readonly value: unknown,
    readonly status: number,
    readonly headers: Record<string, string>,
  ) {}
}

/** An answer with another status or with headers of its own. */
export function reply(value: unknown, status: number, headers: Record<string, string> = {}): Reply {
  return new Reply(value, status, headers)
}

const always = { 'Cache-Control': 'private, no-store', 'X-Content-Type-Options': 'nosniff' }

function respond(result: unknown, status: number, headers: Record<string, string>): Response {
  if (result instanceof Response) {
    for (const [name, value] of Object.entries({ ...always, ...headers })) {
      if (!result.headers.has(name)) result.headers.set(name, value)
    }
    return result
  }
  const { value, status: code, headers: more } = result instanceof Reply ? result : reply(result, status)
  const all = { ...always, ...headers, ...more }
  if (value === undefined || value === null || code === 204)
    return new Response(null, { status: code, headers: all })
  return new Response(JSON.stringify(value), {
    status: code,
    headers: { ...all, 'Content-Type': 'application/json; charset=utf-8' },
  })
}

function failed(
  error: unknown,
  requestId: string,
  headers: Record<string, string>,
  request: Request,
): Response {
  const known = toAppError(error)
  if (known.status === 500)
    logError(`${request.method} ${new URL(request.url).pathname.slice(0, 200)}`, requestId, error)
  return new Response(JSON.stringify(toProblem(known, requestId)), {
    status: known.status,
    headers: {
      ...always,
      ...headers,
      ...known.headers,
      'Content-Type': 'application/problem+json; charset=utf-8',
    },
  })
}

/** A handler without credential, for what is open or has its own secret. */
export function openRoute(
  handle: (request: Request, params: RouteParams) => Promise<unknown>,
  { mayWait = false }: { mayWait?: boolean } = {},
): Handler {
  return async (request, segment) => {
    const requestId = randomUUID()
    const headers = { 'X-Request-Id': requestId }
    try {
      const work = handle(request, segment ? await segment.params : {})
      return respond(await (mayWait ? work : withDeadline(work)), 200, headers)
    } catch (error) {
      return failed(error, requestId, headers, request)
    }
  }
}

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const
type Method = (typeof methods)[number]

/** All methods of an address: those it has, and for the others a problem document with `Allow`. */
export function resource(handlers: Partial<Record<Method, Handler>>): Record<Method, Handler> {
  const refuse = refuseMethod(methods.filter((method) => handlers[method]))
  return Object.fromEntries(methods.map((method) => [method, handlers[method] ?? refuse])) as Record<
    Method,
    Handler
  >
}

/** Answers 405 with what an address takes. */
export function refuseMethod(allowed: readonly string[]): Handler {
  const allow = allowed.join(', ')
  const refuse: Handler = openRoute(async () => {
    throw new AppError('method_not_allowed', `This address takes ${allow}.`, { headers: { Allow: allow } })
  })
  refuse.isRefusal = true
  return refuse
}
