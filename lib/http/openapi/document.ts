import { z } from 'zod'
import { statusOfCode, type ErrorCode } from '@/lib/errors'
import { operations, type Content, type Operation } from './operations'

const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.enum(Object.keys(statusOfCode) as [ErrorCode, ...ErrorCode[]]),
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
  })
  .meta({ id: 'Problem', description: 'RFC 9457.' })

type Json = Record<string, unknown>

let made: { appUrl: string; document: Json } | undefined

/** The OpenAPI 3.1 document, from the schemas that validate. Made once in a process, as that takes a while; read only. */
export function openApiDocument(appUrl: string): Json {
  if (made?.appUrl !== appUrl) made = { appUrl, document: makeDocument(appUrl) }
  return made.document
}

function makeDocument(appUrl: string): Json {
  const components = new Components()
  const paths: Record<string, Json> = {}
  for (const operation of operations) {
    paths[`/api${operation.path}`] ??= {}
    Object.assign(paths[`/api${operation.path}`] ?? {}, {
      [operation.method]: describe(operation, components),
    })
  }
  components.refer(Problem, 'output')
  return {
    openapi: '3.1.0',
    info: {
      title: 'Holdpoint',
      version: '1',
      description: 'An optional field of a body that is null is absent.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: appUrl }],
    security: [{ bearer: [] }],
    paths,
    components: {
      schemas: components.schemas,
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description: 'An agent key (hpa_…) or a personal token (hpu_…).',
        },
      },
    },
  }
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
    made[key] =
      key === '$ref' && typeof one === 'string'
        ? one.replace('#/$defs/', '#/components/schemas/')
        : relocate(one)
  }
  return made
}

function describe(operation: Operation, components: Components): Json {
  const { body, codes = [], who } = operation
  const parameters = [
    ...pathParameters(operation.path),
    ...queryParameters(operation),
    ...fieldsParameter(operation),
    ...waitParameter(operation),
    ...preconditionParameters(operation),
  ]
  return {
    summary: operation.summary,
    description: [`For: ${who}.`, ...(codes.length > 0 ? [`Refusals: ${codes.join(', ')}.`] : [])].join(' '),
    ...(['everybody', 'CRON_SECRET'].includes(who)
      ? { security: who === 'everybody' ? [] : [{ bearer: [] }] }
      : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: requestContent(body, components) } }),
    responses: {
      ...Object.fromEntries(
        Object.entries(operation.answers).map(([status, content]) => [
          status,
          { ...answer(Number(status), content, components), ...(operation.versioned ? versionHeader : {}) },
        ]),
      ),
      default: {
        description: 'A problem document.',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  }
}

function pathParameters(path: string): Json[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
}

function queryParameters({ query = [] }: Operation): Json[] {
  return query.map((name) => ({
    name,
    in: 'query',
    schema:
      name === 'limit' ? { type: 'integer', minimum: 1, maximum: 100, default: 50 } : { type: 'string' },
  }))
}

function fieldsParameter({ fields }: Operation): Json[] {
  if (!fields) return []
  const { names, always, of = 'each item' } = fields
  const description = `Names of members, apart by commas: only these of ${of} are given, and always ${always.join(' and ')}; long texts that are left out are not read. The names: ${names.join(', ')}.`
  return [{ name: 'fields', in: 'query', description, schema: { type: 'string', maxLength: 2000 } }]
}

function waitParameter({ mayWait }: Operation): Json[] {
  if (!mayWait) return []
  return [
    {
      name: 'Prefer',
      in: 'header',
      description: 'wait=SECONDS (RFC 7240), at most 55.',
      schema: { type: 'string' },
    },
  ]
}

function preconditionParameters({ method, versioned }: Operation): Json[] {
  if (!versioned || method === 'get') return []
  const about = {
    'If-Match': 'The version that this one is to replace, as ETag said it; another in force answers 412.',
    'If-None-Match': '`*`: there must be none yet; else 412.',
  }
  return Object.entries(about).map(([name, description]) => ({
    name,
    in: 'header',
    description,
    schema: { type: 'string' },
  }))
}

const versionHeader = {
  headers: { ETag: { description: 'The version, as `"3"`.', schema: { type: 'string' } } },
}

function requestContent(body: z.ZodType | { media: string }, components: Components): Json {
  if ('media' in body) return { [body.media]: { schema: { type: 'string' } } }
  return { 'application/json': { schema: components.refer(body, 'input') } }
}

function answer(status: number, content: Content, components: Components): Json {
  const description = status === 204 ? 'Done.' : status === 201 ? 'Made.' : 'The answer.'
  if (content === null) return { description }
  if ('media' in content) return { description, content: { [content.media]: { schema: {} } } }
  if ('listOf' in content) {
    const items = { type: 'array', items: components.refer(content.listOf, 'output') }
    const schema = {
      type: 'object',
      required: ['items', 'next_cursor'],
      properties: { items, next_cursor: { type: ['string', 'null'] } },
    }
    return { description, content: { 'application/json': { schema } } }
  }
  return { description, content: { 'application/json': { schema: components.refer(content, 'output') } } }
}
