import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { sharedDatabase, type Database } from '@/db/client'
import type { Context, Origin } from '@/lib/context'
import { settings, type ReadySettings } from '@/lib/env'
import { AppError, type InputIssue } from '@/lib/errors'
import { writeJson } from '@/lib/json/write'
import { withoutAbsent } from './absent'
import { noteGood, noteWrong, requireKnown } from './address-limit'
import { hasBody, readBodyJson } from './body'
import { addressOf, countedAddress } from './caller'
import { authenticate, contextOf, credentialOf, type Credential } from './credential'
import { withDeadline } from './deadline'
import { drainAfterAnswer } from '@/lib/process/drain'
import { inputError } from './input'
import { logError } from '@/lib/process/log'
import { requireOwnOrigin } from './own-origin'
import { toAppError, toProblem } from './problem'
import { countRequest, rateHeaders, type Bucket } from './rate-limit'
import { forget, recall, remember } from './credential-cache'

export type RouteParams = Record<string, string>
/** What Next hands a route handler beside the request. */
export type Segment = { params: Promise<Record<string, string | string[] | undefined>> }
/** An answer before it is made a Response; what streams or is not text is a Response from the beginning. */
export type Answer = Response | { status: number; headers: Record<string, string>; text: string | null }

export type Handler = ((request: Request, segment?: Segment) => Promise<Response>) & {
  /** The same without the last step, for a server that writes text by itself. */
  answer(request: Request, params: RouteParams): Promise<Answer>
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

type Options<B extends z.ZodType, Q extends z.ZodType, R> = {
  /** Who may call at all, judged before the body is read; the verb judges again beside the data. */
  access?: (ctx: Context) => void
  body?: B
  /** Members of the body that only record: they are taken leniently, and up to 1 MiB. */
  recorded?: readonly string[]
  query?: Q
  bucket?: Bucket
  status?: number
  /** Reads a body that is not JSON: bytes, YAML. */
  readBody?: (request: Request) => Promise<R>
  /** For what waits or streams: the handler keeps its own time, by `withDeadline`. */
  mayWait?: boolean
  /**
   * The verb proves the credential in its own statement, so one that is known from before is not looked up
   * first. Nothing that was known is believed: whatever goes wrong is said only after looking it up.
   */
  proves?: boolean
}

const noFields = z.strictObject({})

/**
 * Makes a handler, a plain function from Request to Response: credential, rate limit, query and body are
 * read and checked in this order, the verb is called, and whatever is thrown becomes a problem document.
 * @param handle answers JSON, `reply(…)` for another status or headers, or a Response of its own
 */
export function route<
  B extends z.ZodType = typeof noFields,
  Q extends z.ZodType = typeof noFields,
  R = z.output<B>,
>(options: Options<B, Q, R>, handle: (call: Call<R, z.output<Q>>) => Promise<unknown>): Handler {
  return handlerOf(async (request, params) => {
    const requestId = randomUUID()
    const headers: Record<string, string> = { 'X-Request-Id': requestId }
    try {
      const call = await prepare(options, request, params, requestId, headers)
      const work = handle(call)
      const result = await (options.mayWait ? work : withDeadline(work))
      if (request.method !== 'GET') await drainAfterAnswer()
      return respond(result, options.status ?? 200, headers)
    } catch (error) {
      return failed(error, requestId, headers, request)
    }
  })
}

function handlerOf(answer: Handler['answer']): Handler {
  const handle = async (request: Request, segment?: Segment) => {
    const made = await answer(request, segment ? ((await segment.params) as RouteParams) : {})
    if (made instanceof Response) return made
    return new Response(made.text, { status: made.status, headers: made.headers })
  }
  return Object.assign(handle, { answer })
}

async function prepare<B extends z.ZodType, Q extends z.ZodType, R>(
  options: Options<B, Q, R>,
  request: Request,
  params: RouteParams,
  requestId: string,
  headers: Record<string, string>,
): Promise<Call<R, z.output<Q>>> {
  requireText(request)
  const setting = settings()
  const credential = credentialOf(request, setting.appUrl.startsWith('https:'))
  const isRead = request.method === 'GET' || request.method === 'HEAD'
  if (credential.kind === 'session' && !isRead) requireOwnOrigin(request.headers, setting.appUrl)
  const origin = { requestId, address: addressOf(request) }
  const { rateLimitPerMinute } = setting
  requireKnown(credential.hash, countedAddress(origin.address), rateLimitPerMinute, performance.now())
  const bucket = options.bucket ?? 'read'
  const rate = countRequest(credential.hash, bucket, rateLimitPerMinute, performance.now())
  if (rate) Object.assign(headers, rateHeaders(bucket, rate))
  const db = sharedDatabase(setting.databaseUrl, setting.databasePool)
  let reading: ReturnType<typeof readBody> | undefined
  const read = async (ctx: Context) => {
    options.access?.(ctx)
    const query = readQuery(request, credential, options.query ?? noFields) as z.output<Q>
    reading ??= options.readBody
      ? plainBody(options.readBody(request))
      : readBody(request, options, setting.maxBodyBytes)
    const { body, sources } = await reading
    return { ctx, params, query, body: body as R, sources, request, requestId }
  }
  const renew = () => withDeadline(prove(db, credential, setting, origin))
  const known = options.proves ? recall(credential) : undefined
  if (!known) return read(await renew())
  try {
    return await read({ ...contextOf(db, known, setting, origin), renew })
  } catch {
    return read(await renew())
  }
}

/** Looks the credential up, and remembers whose it is. */
async function prove(
  db: Database,
  credential: Credential,
  setting: ReadySettings,
  origin: Origin,
): Promise<Context> {
  try {
    const found = await authenticate(db, credential, origin)
    remember(credential, found)
    noteGood(credential.hash)
    return contextOf(db, found, setting, origin)
  } catch (error) {
    forget(credential)
    if (error instanceof AppError && error.code === 'unauthenticated') {
      const address = countedAddress(origin.address)
      noteWrong(credential.hash, address, setting.rateLimitPerMinute, performance.now())
    }
    throw error
  }
}

/**
 * No id and no word holds NUL, and PostgreSQL takes none in a text.
 * @throws AppError `invalid_id`, `invalid_query`
 */
function requireText({ url }: Request): void {
  const [path = '', query = ''] = url.split(/\?(.*)/s)
  if (path.includes('%00')) throw new AppError('invalid_id', 'The address holds a NUL character (%00).')
  const pair = query.split('&').find((one) => one.includes('%00'))
  if (pair === undefined) return
  const name = new URLSearchParams(pair).keys().next().value?.replaceAll('\0', '') ?? ''
  throw invalidQuery([{ pointer: `/${name}`, detail: 'Holds a NUL character (%00); leave it out.' }])
}

function readQuery(request: Request, credential: Credential, schema: z.ZodType): unknown {
  const { url } = request
  const at = url.indexOf('?')
  const search = new URLSearchParams(at < 0 ? '' : url.slice(at))
  if (credential.kind === 'session') search.delete('project')
  const given = new Map<string, string>()
  for (const [name, value] of search) {
    if (given.has(name)) throw invalidQuery([{ pointer: `/${name}`, detail: 'Given twice; give it once.' }])
    if (name === '__proto__') throw invalidQuery([{ pointer: `/${name}`, detail: 'Not known here.' }])
    given.set(name, value)
  }
  const parsed = schema.safeParse(Object.fromEntries(given))
  if (parsed.success) return parsed.data
  throw invalidQuery(hintAtPlus(inputError(parsed.error).errors ?? [], given, schema))
}

/** A plus sign in a query means a blank, so the zone of `2026-01-01T00:00:00+02:00` arrives as none. */
function hintAtPlus(issues: InputIssue[], given: Map<string, string>, schema: z.ZodType): InputIssue[] {
  const meant = [...given].map(([name, value]) => [name, value.replaceAll(' ', '+')])
  const left = schema.safeParse(Object.fromEntries(meant))
  const still = left.success ? [] : (inputError(left.error).errors ?? [])
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

type Body = { body: unknown; sources: Record<string, string> }
const noBody: Body = { body: undefined, sources: {} }

async function plainBody(reading: Promise<unknown>): Promise<Body> {
  return { body: await reading, sources: {} }
}

/** Forgets the texts of members that count as absent. */
function forgetAbsent(sources: Record<string, string>, body: object): void {
  for (const name of Object.keys(sources)) if (!Object.hasOwn(body, name)) delete sources[name]
}

async function readBody(
  request: Request,
  { body: schema, recorded = [] }: { body?: z.ZodType; recorded?: readonly string[] },
  most: number,
): Promise<Body> {
  if (request.method === 'GET' || request.method === 'HEAD' || request.method === 'DELETE') return noBody
  // A call without a body may be sent with none, but not with fields that mean nothing.
  if (schema === undefined && !hasBody(request)) return noBody
  if (schema === undefined && !request.headers.has('content-type')) return noBody
  const { value, sources } = await readBodyJson(request, { most, recorded })
  const wanted = schema ?? noFields
  const parsed = wanted.safeParse(withoutAbsent(wanted, value))
  if (!parsed.success) throw inputError(parsed.error)
  forgetAbsent(sources, parsed.data as object)
  return { body: parsed.data, sources }
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

function respond(result: unknown, status: number, headers: Record<string, string>): Answer {
  if (result instanceof Response) {
    for (const [name, value] of Object.entries({ ...always, ...headers })) {
      if (!result.headers.has(name)) result.headers.set(name, value)
    }
    return result
  }
  const { value, status: code, headers: more } = result instanceof Reply ? result : reply(result, status)
  const all = { ...always, ...headers, ...more }
  if (value === undefined || value === null || code === 204) return { status: code, headers: all, text: null }
  const type = 'application/json; charset=utf-8'
  return { status: code, headers: { ...all, 'Content-Type': type }, text: writeJson(value) }
}

function failed(
  error: unknown,
  requestId: string,
  headers: Record<string, string>,
  request: Request,
): Answer {
  const known = toAppError(error)
  if (known.status === 500)
    logError(`${request.method} ${new URL(request.url).pathname.slice(0, 200)}`, requestId, error)
  const type = 'application/problem+json; charset=utf-8'
  return {
    status: known.status,
    headers: { ...always, ...headers, ...known.headers, 'Content-Type': type },
    text: writeJson(toProblem(known, requestId)),
  }
}

/** A handler without credential, for what is open or has its own secret. */
export function openRoute(
  handle: (request: Request, params: RouteParams) => Promise<unknown>,
  { mayWait = false }: { mayWait?: boolean } = {},
): Handler {
  return handlerOf(async (request, params) => {
    const requestId = randomUUID()
    const headers = { 'X-Request-Id': requestId }
    try {
      requireText(request)
      const work = handle(request, params)
      return respond(await (mayWait ? work : withDeadline(work)), 200, headers)
    } catch (error) {
      return failed(error, requestId, headers, request)
    }
  })
}

/** HEAD is GET without the body; OPTIONS is named so that Next does not answer it by itself. */
const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const
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
