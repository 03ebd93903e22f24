import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { sharedDatabase, type Database } from '@/db/client'
import type { Context, Origin } from '@/lib/context'
import { settings, type ReadySettings } from '@/lib/env'
import { AppError } from '@/lib/errors'
import { requireNeed } from '@/lib/need'
import { drainAfterAnswer } from '@/lib/process/drain'
import type { Definition, InputOf, OutputOf, Verb } from '@/lib/verb'
import { countAttempt, noteGood, noteWrong, requireKnown, type Attempt } from './address-limit'
import { answerOf, refusalOf, type Answer, type Headings, type Reply, type Shape } from './answer'
import { addressOf, countedAddress } from './caller'
import { authenticate, contextOf, credentialOf, type Credential } from './credential'
import { forget, recall, remember } from './credential-cache'
import { requireSecret, type SecretName } from './secret'
import { withDeadline } from './deadline'
import { requireOwnOrigin } from './own-origin'
import { preconditionOf } from './precondition'
import { countRequest, rateHeaders } from './rate-limit'
import { readBody, type Body } from './read-body'
import { readPath, readQuery, requireNoNul, requireText } from './read-query'

export type RouteParams = Record<string, string>
/** What Next hands a route handler beside the request. */
export type Segment = { params: Promise<Record<string, string | string[] | undefined>> }

/** Answers a request whose address holds these parts, decoded. */
export type Handler = (request: Request, params: RouteParams) => Promise<Answer>

/** What needs no credential of a project: everybody may, or whoever has an operator's secret. */
export type OpenDefinition = Omit<Definition, 'need' | 'input'> & {
  need: 'everybody' | { secret: SecretName }
  /** What a caller's tries are counted as. */
  attempt?: Attempt
  input?: z.ZodType
}

/** A method of an address: what it is, and how it is answered. */
export type Endpoint = { readonly def: Definition | OpenDefinition; readonly answer: Handler }

/** What the API hands a verb beside its input. */
type Beside = { outboundAllow: readonly string[]; createProjects: boolean; now: Date }
/** A verb whose answer is what it returns. */
export type PlainVerb = {
  (ctx: Context, input: never, beside: Beside): Promise<unknown>
  readonly def: Definition
  readonly isPlain?: true
}

/** What a handler works with. */
export type Call<I> = { ctx: Context; input: I; request: Request; requestId: string }

/**
 * Serves a verb: credential, rate limit, right, query, body and path are read and checked in this order, the verb is
 * called, and whatever is thrown becomes a problem document.
 */
export function serve(verb: PlainVerb): Endpoint {
  const call = verb as unknown as (ctx: Context, input: unknown, beside: Beside) => Promise<unknown>
  const handle = ({ ctx, input }: Call<unknown>) => {
    const { outboundAllow, createProjects } = settings()
    return call(ctx, input, { outboundAllow, createProjects, now: new Date() })
  }
  return { def: verb.def, answer: answerBy(verb.def, handle) }
}

/**
 * The same where HTTP has more to say than what the verb returns.
 * @param handle answers what `output` says, `reply(…)` of it for another status or headers, or a Response of its own
 */
export function overHttp<D extends Definition, R, M extends unknown[]>(
  { def }: Verb<D, R, M>,
  handle: (call: Call<InputOf<D>>) => Promise<OutputOf<D> | Reply<OutputOf<D>> | Response>,
): Endpoint {
  return { def, answer: answerBy(def, handle as (call: Call<unknown>) => Promise<unknown>) }
}

function answerBy(def: Definition, handle: (call: Call<unknown>) => Promise<unknown>): Handler {
  const keepsTime = def.keepsTime ?? def.waits ?? false
  return async (request, params) => {
    const requestId = randomUUID()
    const headers: Headings = { 'X-Request-Id': requestId }
    try {
      const call = await prepare(def, request, params, requestId, headers)
      const work = handle(call)
      const result = await (keepsTime ? work : withDeadline(work))
      if (request.method !== 'GET') await drainAfterAnswer()
      return answerOf(def, result, headers, request)
    } catch (error) {
      return refusalOf(error, requestId, headers, request)
    }
  }
}

async function prepare(
  def: Definition,
  request: Request,
  params: RouteParams,
  requestId: string,
  headers: Headings,
): Promise<Call<unknown>> {
  requireText(request)
  const setting = settings()
  const credential = credentialOf(request, setting.appUrl.startsWith('https:'))
  const isRead = request.method === 'GET' || request.method === 'HEAD'
  if (credential.kind === 'session' && !isRead) requireOwnOrigin(request.headers, setting.appUrl)
  // what a person's token is used through; it changes nothing but what is recorded
  const via = request.headers.get('holdpoint-via') === 'mcp' ? ('mcp' as const) : undefined
  const origin = { requestId, address: addressOf(request), ...(via && { via }) }
  const { rateLimitPerMinute } = setting
  requireKnown(credential.hash, countedAddress(origin.address), rateLimitPerMinute, performance.now())
  const bucket = def.bucket ?? 'read'
  const rate = countRequest(credential.hash, bucket, rateLimitPerMinute, performance.now())
  if (rate) Object.assign(headers, rateHeaders(bucket, rate))
  const db = sharedDatabase(setting.databaseUrl, setting.databasePool)
  let reading: Promise<Body> | undefined
  const read = async (ctx: Context) => {
    if (!def.judgesItself) requireNeed(ctx, def.need)
    const query = readQuery(request, credential, def)
    reading ??= readBody(request, def, setting.maxBodyBytes)
    const { body, source } = await reading
    const input = {
      ...query,
      ...body,
      ...(def.path && readPath(def.path, params)),
      ...(def.source && { source }),
      ...(def.versioned && { precondition: preconditionOf(request) }),
    }
    return { ctx, input, request, requestId }
  }
  const renew = () => withDeadline(prove(db, credential, setting, origin))
  const known = def.proves ? recall(credential) : undefined
  if (!known) return read(await renew())
  try {
    return await read({ renew, ...contextOf(db, known, setting, origin) })
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
 * Serves what needs no credential of a project: what is open, or has a secret of the operator. A body has the time of
 * bodies, and what is done with it that of the database.
 */
export function open<D extends OpenDefinition>(
  def: D,
  handle: (request: Request, input: OpenInput<D>) => Promise<unknown>,
): Endpoint {
  const read = async (request: Request) => {
    requireText(request)
    const { rateLimitPerMinute, maxBodyBytes } = settings()
    const { need, attempt, input } = def as OpenDefinition
    if (need !== 'everybody') requireSecret(request, need.secret)
    if (attempt !== undefined) {
      const address = countedAddress(addressOf(request))
      countAttempt(attempt, address, rateLimitPerMinute, performance.now())
    }
    return input && (await readBody(request, { input }, maxBodyBytes)).body
  }
  return { def, answer: answerOpen(def, read, (request, input) => handle(request, input as OpenInput<D>)) }
}

type OpenInput<D> = D extends { input: infer S extends z.ZodType } ? z.output<S> : undefined

/** A handler without credential. */
export function openHandler(
  handle: (request: Request, params: RouteParams) => Promise<unknown>,
  def: Shape & { keepsTime?: boolean } = { output: z.unknown() },
): Handler {
  const read = async (request: Request, params: RouteParams) => {
    requireNoNul(request)
    return params
  }
  return answerOpen(def, read, handle)
}

/** @param read what comes of the request before the database has anything to do, and has its own time */
function answerOpen<T>(
  def: Shape & { keepsTime?: boolean },
  read: (request: Request, params: RouteParams) => Promise<T>,
  handle: (request: Request, given: T) => Promise<unknown>,
): Handler {
  return async (request, params) => {
    const requestId = randomUUID()
    const headers = { 'X-Request-Id': requestId }
    try {
      const work = handle(request, await read(request, params))
      return answerOf(def, await (def.keepsTime ? work : withDeadline(work)), headers, request)
    } catch (error) {
      return refusalOf(error, requestId, headers, request)
    }
  }
}
