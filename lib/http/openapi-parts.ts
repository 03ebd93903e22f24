import { scopes, type Scope } from '@/lib/context'
import { statusOfCode, type ErrorCode } from '@/lib/errors'
import type { Definition } from '@/lib/verb'
import { problemExample } from './openapi-examples'
import { titleOf } from './problem'
import type { OpenDefinition } from './route'

type Json = Record<string, unknown>
type Described = Definition | OpenDefinition

const text = (description: string, example: string): Json => ({
  description,
  schema: { type: 'string' },
  example,
})

/** Headers of answers, each described once. */
export const headers: Record<string, Json> = {
  'X-Request-Id': text(
    'Names this answer in logs and in the audit log.',
    '2b1a3c58-6f0e-4a52-9d4f-0c6f5d3e7a10',
  ),
  'Holdpoint-Version': text("The server's version.", '0.1.0'),
  RateLimit: text('What is left of the limit, and for how many seconds.', '"ask";r=599;t=60'),
  'RateLimit-Policy': text('The limit that the call is counted by.', '"ask";q=600;w=60'),
  'Retry-After': text('Seconds after which to try again.', '2'),
  'Idempotency-Replayed': text('`true` where nothing was done anew.', 'true'),
  'Preference-Applied': text('How long the answer was held at most.', 'wait=50'),
  Location: text('Where what was made can be read.', '/api/approvals/apr_01jd00000000000000000000aa'),
  Link: text('Where the list goes on (RFC 8288).', '</api/approvals?cursor=c>; rel="next"'),
  'WWW-Authenticate': text('Which scheme opens the call.', 'Bearer realm="holdpoint"'),
  ETag: text('By which who has this answer says so.', '"3"'),
}

/** References to headers by their names. */
export function headersNamed(names: string[]): Json {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]))
}

/** Headers that every answer of a call has. */
export function usualHeaders({ need }: Described): string[] {
  const isOpen = need === 'everybody' || (typeof need === 'object' && 'secret' in need)
  return ['X-Request-Id', 'Holdpoint-Version', ...(isOpen ? [] : ['RateLimit', 'RateLimit-Policy'])]
}

const codes = Object.keys(statusOfCode) as ErrorCode[]

/** Why a call of any kind may be refused, beside what its verb refuses. */
export function usualRefusals({ need, input }: Described): ErrorCode[] {
  const isOpen = need === 'everybody'
  const hasSecret = typeof need === 'object' && 'secret' in need
  return [
    'invalid_query',
    'internal',
    'unavailable',
    ...(isOpen ? [] : (['unauthenticated', 'rate_limited'] as const)),
    ...(isOpen || hasSecret ? [] : (['forbidden'] as const)),
    ...(typeof need === 'object' && 'scope' in need ? (['agent_key_required'] as const) : []),
    ...(input === undefined ? [] : (['body_too_slow'] as const)),
    ...(input === undefined || 'media' in input ? [] : (['too_deep', 'too_many_keys'] as const)),
  ]
}

/**
 * What `paths` refers to: an example for each code, and the response of each that stands alone for its status
 * somewhere.
 */
export function problems(paths: Json, appUrl: string): { responses: Json; examples: Json } {
  const text = JSON.stringify(paths)
  const alone = codes.filter((code) => text.includes(`"#/components/responses/${code}"`))
  const given = codes.filter(
    (code) => alone.includes(code) || text.includes(`"#/components/examples/${code}"`),
  )
  return {
    responses: Object.fromEntries(alone.map((code) => [code, problemResponse(statusOfCode[code], [code])])),
    examples: Object.fromEntries(given.map((code) => [code, problemExample(code, appUrl)])),
  }
}

/** The answers of these refusals by their status; a code that is alone there refers to its own response. */
export function refusalResponses(refused: ErrorCode[]): Json {
  const byStatus = new Map<number, ErrorCode[]>()
  for (const code of new Set(refused)) {
    const status = statusOfCode[code]
    byStatus.set(status, [...(byStatus.get(status) ?? []), code])
  }
  return Object.fromEntries(
    [...byStatus].map(([status, [code = '', ...more]]) => [
      status,
      more.length === 0
        ? { $ref: `#/components/responses/${code}` }
        : problemResponse(status, [code as ErrorCode, ...more]),
    ]),
  )
}

/** Refusals that say what the approval is instead. */
const ofState: readonly ErrorCode[] = [
  'already_decided',
  'expired',
  'cancelled',
  'not_approved',
  'params_mismatch',
  'already_claimed',
  'grant_expired',
]

/** What refusals of a kind carry for certain. */
export const problemSchemas: Json = {
  ApprovalProblem: {
    allOf: [{ $ref: '#/components/schemas/Problem' }],
    type: 'object',
    description: 'The state of the approval is the reason, and it stands in `approval`.',
    properties: { code: { type: 'string', enum: ofState } },
    required: ['code', 'approval'],
  },
  VersionProblem: {
    allOf: [{ $ref: '#/components/schemas/Problem' }],
    type: 'object',
    description: 'Another version is in force, and it stands in `version`.',
    properties: { code: { type: 'string', const: 'precondition_failed' } },
    required: ['code', 'version'],
  },
}

/** The problem with one of these codes, and what they carry. */
function problemSchema(ofStatus: ErrorCode[]): Json {
  const of = (name: string, some: ErrorCode[]): Json => ({
    allOf: [{ $ref: `#/components/schemas/${name}` }],
    type: 'object',
    properties: { code: { type: 'string', enum: some } },
    required: ['code'],
  })
  if (ofStatus.includes('precondition_failed')) return of('VersionProblem', ofStatus)
  const [withApproval, plain] = [true, false].map((is) =>
    ofStatus.filter((code) => ofState.includes(code) === is),
  )
  const kinds = [
    ...(withApproval?.length ? [of('ApprovalProblem', withApproval)] : []),
    ...(plain?.length ? [of('Problem', plain)] : []),
  ]
  return kinds.length === 1 ? (kinds[0] ?? {}) : { oneOf: kinds }
}

function problemResponse(status: number, ofStatus: ErrorCode[]): Json {
  const names = [
    ...['X-Request-Id', 'Holdpoint-Version', 'RateLimit', 'RateLimit-Policy'],
    ...(status === 401 ? ['WWW-Authenticate'] : []),
    ...(status === 412 ? ['ETag'] : []),
    ...(status === 429 || status === 503 || ofStatus.includes('agent_paused') ? ['Retry-After'] : []),
  ]
  return {
    description: `${titleOf(status)}: ${ofStatus.map((code) => `\`${code}\``).join(', ')}.`,
    headers: headersNamed(names),
    content: {
      'application/problem+json': {
        schema: problemSchema(ofStatus),
        examples: Object.fromEntries(
          ofStatus.map((code) => [code, { $ref: `#/components/examples/${code}` }]),
        ),
      },
    },
  }
}

/** By which credentials a call is opened, as alternatives. */
export function securityOf({ need }: Described): Json[] {
  if (need === 'everybody') return []
  if (typeof need === 'object' && 'secret' in need) return [{ operatorSecret: [] }]
  const people = [{ personalToken: [] }, { session: [] }]
  if (typeof need === 'string') return people
  if ('scope' in need) return [agentKey(need.scope)]
  if (!('scopes' in need)) return people
  return [...need.scopes.map(agentKey), ...people]
}

function agentKey(scope: Scope): Json {
  return { [`agentKey.${scope}`]: [] }
}

/**
 * The kinds of credentials: an agent key once for each scope, because roles of a bearer scheme, which OpenAPI 3.1 has,
 * are unknown to the linters of today.
 */
export const securitySchemes: Json = {
  ...Object.fromEntries(
    scopes.map((scope) => [
      `agentKey.${scope}`,
      { type: 'http', scheme: 'bearer', description: `An agent key (hpa_…) with the scope \`${scope}\`.` },
    ]),
  ),
  personalToken: {
    type: 'http',
    scheme: 'bearer',
    description: "A personal token (hpu_…); it acts with its member's role.",
  },
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: 'next-auth.session-token',
    description: "The console's own browser session; behind TLS its name begins with `__Secure-`.",
  },
  operatorSecret: {
    type: 'http',
    scheme: 'bearer',
    description: 'CRON_SECRET, or for metrics METRICS_TOKEN.',
  },
}
