import Ajv, { type ValidateFunction } from 'ajv/dist/2020.js'
import type { Answer } from '../rest'

type Json = Record<string, unknown>
export type Parameter = { name: string; in: string; required?: boolean; schema: Json }

/** An OpenAPI document as a client reads it. */
export class Described {
  private readonly ajv = new Ajv({ strict: false, allErrors: true, logger: false })
  private readonly checks = new Map<string, ValidateFunction>()

  private part: Described | undefined
  private readonly ofSchemas = new WeakMap<Json, ValidateFunction>()

  constructor(readonly document: Json) {
    this.ajv.addFormat('date-time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/)
    this.ajv.addFormat('email', /^[^@\s]+@[^@\s]+\.[^@\s]+$/)
    this.ajv.addFormat('uri', (text) => URL.canParse(text))
    this.ajv.addSchema(document, 'api')
  }

  /** The same of answers that hold only the members that were asked for. */
  get inPart(): Described {
    return (this.part ??= new Described(withoutRequired(this.document) as Json))
  }

  /** What stands at this place, past references. */
  at(...place: string[]): { value: unknown; pointer: string } | undefined {
    let value: unknown = this.document
    let pointer = ''
    for (const part of place) {
      value = (value as Json | undefined)?.[part]
      pointer += `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`
      const ref = (value as { $ref?: unknown } | undefined)?.$ref
      if (typeof ref === 'string') {
        pointer = ref.slice(1)
        value = this.at(...pointer.slice(1).split('/'))?.value
      }
    }
    return value === undefined ? undefined : { value, pointer }
  }

  /** What is wrong with a value by the schema at this place; undefined where nothing is. */
  fault(value: unknown, ...place: string[]): string | undefined {
    const pointer = this.at(...place)?.pointer
    if (pointer === undefined) return `nothing is said at ${place.join(' ')}`
    // Each part as in a URI, which a reference is.
    const ref = `api#${pointer.split('/').map(encodeURIComponent).join('/')}`
    const check = this.checks.get(ref) ?? this.ajv.compile({ $ref: ref })
    this.checks.set(ref, check)
    return check(value) ? undefined : this.ajv.errorsText(check.errors)
  }

  /** Whether a value is by a schema of the document. */
  isBy(value: unknown, schema: Json): boolean {
    return this.checkOf(schema)(value) === true
  }

  /** What is wrong with a text of an address or header by its parameter. */
  faultOfText(text: string, { schema }: Parameter): string | undefined {
    const check = this.checkOf(schema)
    const isNumber = schema.type === 'integer' && /^-?\d+$/.test(text)
    const value = schema.type === 'array' ? text.split(',') : isNumber ? Number(text) : text
    return check(value) ? undefined : this.ajv.errorsText(check.errors)
  }

  /** What of an answer the call at this place does not say: its status, headers, type, content or code. */
  faultOfAnswer(place: string[], { status, headers, text, body }: Answer): string | undefined {
    const at = [...place, 'responses', String(status)]
    if (this.at(...at) === undefined) return `answered ${status}, which it does not say`
    const said = this.names(...at, 'headers')
    const silent = this.names('components', 'headers').find(
      (name) => headers.has(name) && !said.includes(name),
    )
    if (silent !== undefined) return `${silent} is not described`
    if (status === 201 && !headers.has('location')) return 'it names no Location'
    if (text === '') return undefined
    const media = (headers.get('content-type') ?? '').split(';')[0] ?? ''
    const types = this.names(...at, 'content')
    if (!types.includes(media) && !types.includes('*/*')) return `${media} is not described`
    const fault = /[/+]json$/.test(media) ? this.fault(body, ...at, 'content', media, 'schema') : undefined
    if (fault !== undefined || status < 400) return fault
    const codes = this.names(...at, 'content', media, 'examples')
    return codes.includes(String(body.code))
      ? undefined
      : `refused with ${String(body.code)}, which it does not say`
  }

  private names(...place: string[]): string[] {
    return Object.keys((this.at(...place)?.value ?? {}) as object)
  }

  private checkOf(schema: Json): ValidateFunction {
    const known = this.ofSchemas.get(schema)
    if (known) return known
    // References are from the root of the document.
    const made = this.ajv.compile(
      JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#', '"$ref":"api#')) as Json,
    )
    this.ofSchemas.set(schema, made)
    return made
  }
}

function withoutRequired(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutRequired)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([key, one]) => !(key === 'required' && Array.isArray(one)))
  return Object.fromEntries(entries.map(([key, one]) => [key, withoutRequired(one)]))
}
