import Ajv, { type ValidateFunction } from 'ajv/dist/2020.js'

type Json = Record<string, unknown>
export type Parameter = { name: string; in: string; required?: boolean; schema: Json }

/** An OpenAPI document as a client reads it. */
export class Described {
  private readonly ajv = new Ajv({ strict: false, allErrors: true, logger: false })
  private readonly checks = new Map<string, ValidateFunction>()

  constructor(readonly document: Json) {
    this.ajv.addFormat('date-time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/)
    this.ajv.addFormat('email', /^[^@\s]+@[^@\s]+\.[^@\s]+$/)
    this.ajv.addFormat('uri', (text) => URL.canParse(text))
    this.ajv.addSchema(document, 'api')
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

  /** What is wrong with a text of an address or header by its parameter. */
  faultOfText(text: string, { schema }: Parameter): string | undefined {
    const check = this.ajv.compile(schema)
    const value =
      schema.type === 'array'
        ? text.split(',')
        : schema.type === 'integer' && /^-?\d+$/.test(text)
          ? Number(text)
          : text
    return check(value) ? undefined : this.ajv.errorsText(check.errors)
  }
}
