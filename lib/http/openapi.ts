import { z } from 'zod'
import { Approval } from '@/lib/approvals/schemas'
import { statusOfCode, type ErrorCode } from '@/lib/errors'
import type { Role } from '@/lib/context'
import type { Definition, Media } from '@/lib/verb'
import { pages } from '@/lib/paths'
import { Paused } from '@/lib/pause/schemas'
import packageJson from '@/package.json' with { type: 'json' }
import {
  headers,
  headersNamed,
  problems,
  problemSchemas,
  refusalResponses,
  securityOf,
  securitySchemes,
  usualHeaders,
  usualRefusals,
} from './openapi-parts'
import { answerExamples, pathExample, requestExamples } from './openapi-examples'
import { operationIds, tagOf, tags } from './operation-names'
import { webhooksSection } from './openapi-webhooks'
import type { OpenDefinition } from './route'

export const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.enum(Object.keys(statusOfCode) as [ErrorCode, ...ErrorCode[]]),
    doc_url: z.string().meta({ description: 'The page that explains the code.' }),
    request_id: z.string().optional(),
    errors: z
      .array(
        z.object({
          pointer: z.string(),
          detail: z.string(),
          line: z.int().optional(),
          column: z.int().optional(),
        }),
      )
      .optional(),
    approval: Approval.optional().meta({ description: 'As it stands, where its state is the reason.' }),
    paused: Paused.optional(),
    allowed: z
      .array(z.string())
      .optional()
      .meta({ description: 'With `edit_not_allowed`: the places that reviewers may change.' }),
    rule: z
      .object({ tool: z.string(), condition: z.string().nullable() })
      .optional()
      .meta({ description: 'With `edit_needs_other_rule`: the rule that would fire.' }),
    superseded_by: z
      .string()
      .nullable()
      .optional()
      .meta({ description: 'With `already_superseded`: the request that stands in its place.' }),
    agents: z
      .array(z.string())
      .optional()
      .meta({ description: 'With `group_in_use`: whose policies or requests name the group.' }),
    version: z
      .int()
      .nullable()
      .optional()
      .meta({ description: 'The version in force, where `If-Match` or `If-None-Match` named another.' }),
  })
  .meta({ id: 'Problem', description: 'RFC 9457.' })

type Json = Record<string, unknown>

let made: { appUrl: string; document: Json } | undefined

/**
 * The OpenAPI 3.1 document of a table of calls, from the schemas that validate. Made once in a process, as that takes
 * a while; read only.
 */
export function openApiDocument(table: Table, appUrl: string): Json {
  if (made?.appUrl !== appUrl) made = { appUrl, document: makeDocument(table, appUrl) }
  return made.document
}

type Described = Definition | OpenDefinition
type Table = Record<string, { def: Described }>

function makeDocument(table: Table, appUrl: string): Json {
  const components = new Components()
  const paths: Record<string, Json> = {}
  for (const [call, { def }] of Object.entries(table)) {
    const [method = '', path = ''] = call.split(' ')
    const methods = (paths[`/api${path}`] ??= {})
    const names = { operationId: operationIds[call], tags: [tagOf(path)] }
    methods[method.toLowerCase()] = { ...names, ...describe({ call, method, def, components, appUrl }) }
  }
  components.refer(Problem, 'output')
  const webhooks = webhooksSection((schema) => components.refer(schema, 'output'), appUrl)
  return {
    openapi: '3.1.0',
    info: {
      title: 'Holdpoint',
      version: packageJson.version,
      description:
        'Holds an AI agent’s sensitive tool call until a person has decided. An optional field of a body that is null is absent.',
      contact: { name: 'Holdpoint', url: appUrl + pages.docs() },
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    // Where the server is for its own machine alone, the document is read there too.
    servers: [{ url: isLocal(appUrl) ? '/' : appUrl }],
    tags,
    paths,
    webhooks,
    components: {
      schemas: { ...components.schemas, ...problemSchemas },
      headers,
      ...problems(paths, appUrl),
      securitySchemes,
    },
  }
}

function isLocal(appUrl: string): boolean {
  return /^(localhost|127\.0\.0\.1|\[::1\])$/.test(new URL(appUrl).hostname)
}

/** Named schemas, each once; what has no name stands where it is used. */
class Components {
  readonly schemas: Json = {}

  refer(schema: z.ZodType, io: 'input' | 'output'): Json {
    const json = z.toJSONSchema(schema, { io, unrepresentable: 'any', target: 'draft-2020-12' }) as Json
    const { $schema: _, $defs: defs, ...own } = json
    for (const [name, def] of Object.entries((defs ?? {}) as Json)) this.schemas[name] ??= relocate(def)
    const id = schema.meta()?.id
    if (typeof id !== 'string') return relocate(own) as Json
    if (!('$ref' in own)) this.schemas[id] ??= relocate(own)
    return { $ref: `#/components/schemas/${id}` }
  }
}

/** Names of definitions as OpenAPI wants them, and none of zod's own ids. */
function relocate(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(relocate)
  if (typeof value !== 'object' || value === null) return value
  const made: Json = {}
  for (const [key, one] of Object.entries(value)) {
    if (key === 'id' && typeof one === 'string') continue
    // What every number is within, and what any JSON is, says nothing.
    if ((key === 'minimum' || key === 'maximum') && Math.abs(Number(one)) === Number.MAX_SAFE_INTEGER)
      continue
    if (key === 'anyOf' && isAnything(one)) continue
    made[key] =
      key === '$ref' && typeof one === 'string'
        ? one.replace('#/$defs/', '#/components/schemas/')
        : relocate(one)
  }
  return made
}

function isAnything(anyOf: unknown): boolean {
  return (anyOf as object[]).some((one) => Object.keys(one).length === 0)
}

/** A call to be described. */
type Subject = { call: string; method: string; def: Described; components: Components; appUrl: string }

function describe(subject: Subject): Json {
  const { call, method, def, appUrl } = subject
  const refuses = refusalsOf(method, def)
  const parameters = [
    ...parametersIn('path', def.path, (name) => pathExample(call, name)),
    ...parametersIn('query', def.query),
    ...(def.keyed ? [header('Idempotency-Key', 'The `tool_call_id`, where the body has none.')] : []),
    ...(def.waits ? waitParameters : []),
    ...(def.versioned && method !== 'GET' ? preconditions : []),
    ...(method === 'GET' && (def.versioned || def.tagged) ? [known] : []),
    ...(isStream(def) ? [header('Last-Event-ID', 'The `id` of an event: those after it follow.')] : []),
  ]
  return {
    summary: def.summary,
    description: [
      `For: ${whoMay(def)}.`,
      ...(refuses.length > 0 ? [`Refusals: ${refuses.join(', ')}.`] : []),
    ].join(' '),
    security: securityOf(def),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(def.input === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: contentOf(def.input, 'input', subject, () => requestExamples(call, appUrl)),
          },
        }),
    responses: {
      ...Object.fromEntries(
        answersOf(def).map(([status, content]) => [status, describeAnswer(status, content, subject)]),
      ),
      ...(method === 'GET' && (def.tagged || def.versioned)
        ? {
            304: {
              description: 'What `If-None-Match` names is what there is.',
              headers: headersNamed([...usualHeaders(def), 'ETag']),
            },
          }
        : {}),
      ...refusalResponses([...refuses, ...usualRefusals(def)]),
    },
  }
}

/** Who may call, in words. */
function whoMay({ who, need }: Described): string {
  if (who !== undefined) return who
  if (need === 'everybody') return need
  if (typeof need === 'string') return wordsOf[need]
  if ('secret' in need) return need.secret
  if ('scope' in need) return `agent key with ${need.scope}`
  if ('scopes' in need) return `agent key with ${need.scopes.join(' or ')}; ${wordsOf[need.role]}`
  return wordsOf[need.role]
}

const wordsOf: Record<Role, string> = {
  viewer: 'any member',
  reviewer: 'reviewer and up',
  admin: 'admin',
  owner: 'owner',
}

/** What a call refuses, with what all of its kind do. */
export function refusalsOf(method: string, { refuses, path, query, input }: Described): ErrorCode[] {
  const takesJson = input !== undefined && !('media' in input)
  return [
    ...refuses,
    ...(path ? (['invalid_id'] as const) : []),
    ...(query ? (['invalid_query'] as const) : []),
    ...(query && 'cursor' in query.shape ? (['invalid_cursor'] as const) : []),
    ...(takesJson ? (['malformed_body', 'invalid_input', 'unknown_field'] as const) : []),
    ...(input !== undefined && method !== 'GET'
      ? (['body_too_large', 'unsupported_media_type'] as const)
      : []),
  ]
}

/** The answers that are no refusal, by their status. */
export function answersOf({ output, made: of201, status }: Described): [number, Definition['output']][] {
  if (of201) {
    return [
      [200, output],
      [201, of201],
    ]
  }
  return [[status ?? (output === null ? 204 : 200), output]]
}

function parametersIn(
  place: 'path' | 'query',
  schema: z.ZodObject | undefined,
  exampleOf: (name: string) => string | undefined = () => undefined,
): Json[] {
  if (!schema) return []
  const { properties = {} } = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    target: 'draft-2020-12',
  })
  return Object.entries(properties).map(([name, property]) => {
    // What it is called to be stays, also where zod leaves it out for what it is read as.
    const { description, ...rest } = { ...(property as Json), ...schema.shape[name]?.meta() } as Json
    return {
      name,
      in: place,
      ...(place === 'path' ? { required: true } : {}),
      ...(description === undefined ? {} : { description }),
      ...(exampleOf(name) === undefined ? {} : { example: exampleOf(name) }),
      // One text with commas, not one parameter for each.
      ...(rest.type === 'array' ? { style: 'form', explode: false } : {}),
      schema: rest.type === 'string' ? rest : withoutTextLimits(rest),
    }
  })
}

/** In an address all is text; what it is read as has no length or pattern. */
function withoutTextLimits(schema: Json): Json {
  const { maxLength: _, minLength: __, pattern: ___, ...rest } = schema
  return rest
}

function header(name: string, description: string): Json {
  return { name, in: 'header', description, schema: { type: 'string' } }
}

const waitParameters = [
  header('Prefer', 'wait=SECONDS (RFC 7240), at most 55.'),
  {
    name: 'wait',
    in: 'query',
    description: 'The same as `Prefer: wait=`, before which it counts.',
    schema: { type: 'integer', minimum: 0 },
  },
]

const preconditions = [
  header(
    'If-Match',
    'The version that this one is to replace, as ETag said it; another in force answers 412.',
  ),
  header('If-None-Match', '`*`: there must be none yet; else 412.'),
]

const known = header('If-None-Match', 'The ETag of an answer that one has: as long as it is so, 304.')

function isStream({ output }: Described): boolean {
  return output !== null && 'media' in output && output.media === 'text/event-stream'
}

function describeAnswer(status: number, content: Definition['output'], subject: Subject): Json {
  const { call, def, appUrl } = subject
  const isList = content !== null && content instanceof z.ZodObject && 'next_cursor' in content.shape
  const names = [
    ...usualHeaders(def),
    ...(def.versioned || def.tagged ? ['ETag'] : []),
    ...(def.waits ? ['Preference-Applied'] : []),
    ...(status === 201 ? ['Location'] : []),
    ...(status === 200 && (def.made || def.keyed) ? ['Idempotency-Replayed'] : []),
    ...(isList ? ['Link'] : []),
  ]
  return {
    description: status === 204 ? 'Done.' : status === 201 ? 'Made.' : 'The answer.',
    headers: headersNamed(names),
    ...(content === null
      ? {}
      : {
          content: contentOf(content, 'output', subject, (media) =>
            answerExamples(call, status, appUrl, media),
          ),
        }),
  }
}

function contentOf(
  content: z.ZodType | Media,
  io: 'input' | 'output',
  { components }: Subject,
  examplesOf: (media?: string) => object,
): Json {
  const withExamples = (schema: Json, media?: string) => {
    const examples = examplesOf(media)
    return Object.keys(examples).length > 0 ? { schema, examples } : { schema }
  }
  if (!('media' in content)) return { 'application/json': withExamples(components.refer(content, io)) }
  const schema = io === 'input' ? { type: 'string' } : {}
  return {
    [content.media]: withExamples(schema),
    ...(content.or === undefined ? {} : { [content.or]: withExamples(schema, content.or) }),
  }
}
