import type { Chance } from '../fuzz/chance'
import { hostileTexts } from '../fuzz/hostile'

type Json = Record<string, unknown>

/** Texts that a body may hold by any schema; what no JSON of ours may hold is left out. */
const texts = hostileTexts.filter((text) => !/\0|\p{Surrogate}/u.test(text) && text !== '__proto__')
const words = [
  'a',
  'call_x|fc_y',
  '~',
  'one word',
  'A-1',
  'https://hooks.example.com/x',
  '2026-12-31T12:00:00Z',
]
const anything = [
  { order_id: 'ORD-1', amount: 2400 },
  1,
  'text',
  true,
  [1, [2]],
  { a: { b: null } },
  9007199254740991,
]

const plainText = { type: 'string' }
const merged = new WeakMap<Json, Json>()

/** Makes values by JSON schemas: whatever they allow, and now and then what lies at their edges. */
export class ValueMaker {
  /**
   * @param known values that members of a name may well have
   * @param isBy whether a value is by a schema
   */
  constructor(
    private readonly chance: Chance,
    private readonly schemas: Record<string, Json>,
    private readonly known: ReadonlyMap<string, string[]>,
    private readonly isBy: (value: unknown, schema: Json) => boolean,
  ) {}

  /** A value by this schema; undefined where none was found. */
  make(schema: Json, name = ''): unknown {
    for (let tries = 0; tries < 30; tries++) {
      const value = this.draw(schema, name)
      if (value !== undefined && this.isBy(value, schema)) return value
    }
    return undefined
  }

  private draw(given: Json, name: string): unknown {
    const schema = this.resolve(given)
    if ('const' in schema) return schema.const
    if (Array.isArray(schema.enum)) return this.chance.pick(schema.enum)
    const kinds = (schema.oneOf ?? schema.anyOf) as Json[] | undefined
    if (kinds && !schema.properties) {
      // No optional member is told apart from null: it is absent.
      return this.draw(this.chance.pick(kinds.filter((kind) => kind.type !== 'null')), name)
    }
    switch (schema.type) {
      case 'object':
        return this.drawObject(schema, kinds === undefined ? {} : this.chance.pick(kinds))
      case 'array':
        return this.drawArray(schema, name)
      case 'string':
        return this.drawText(schema, name)
      case 'integer':
      case 'number':
        return this.drawNumber(schema)
      case 'boolean':
        return this.chance.oneIn(2)
      default:
        return this.chance.pick(anything)
    }
  }

  private drawObject(schema: Json, kind: Json): unknown {
    const own = (schema.properties ?? {}) as Record<string, Json>
    const ofKind = (kind.properties ?? {}) as Record<string, Json>
    const names = Object.keys({ ...own, ...ofKind })
    if (names.length === 0) return this.drawFree(schema)
    const required = new Set([
      ...((schema.required ?? []) as string[]),
      ...((kind.required ?? []) as string[]),
    ])
    const never = (kind.not as { required?: string[] } | undefined)?.required ?? []
    const made: Json = {}
    for (const name of names) {
      if (never.includes(name) || !(required.has(name) || this.chance.oneIn(2))) continue
      const value = this.make(this.mergedOf(own[name], ofKind[name]), name)
      if (value !== undefined) made[name] = value
    }
    return made
  }

  /** Both at once; the same object for the same two, for each is compiled. */
  private mergedOf(own: Json | undefined, ofKind: Json | undefined): Json {
    if (!own || !ofKind) return own ?? ofKind ?? {}
    const known =
      merged.get(ofKind) ?? ('const' in ofKind || 'enum' in ofKind ? ofKind : { ...own, ...ofKind })
    merged.set(ofKind, known)
    return known
  }

  /** An object whose members nobody named. */
  private drawFree({ additionalProperties, propertyNames }: Json): unknown {
    if (typeof additionalProperties !== 'object' || additionalProperties === null)
      return this.chance.pick([{}, { order_id: 'ORD-1', amount: 2400 }, { 'a/b': [null], '': 1 }])
    const names = Array.from({ length: this.chance.below(3) }, () =>
      this.make((propertyNames ?? plainText) as Json),
    )
    return Object.fromEntries(names.map((name) => [String(name), this.make(additionalProperties as Json)]))
  }

  private drawArray({ items, minItems = 0, maxItems = 3, uniqueItems }: Json, name: string): unknown[] {
    const most = Math.min(Number(maxItems), Number(minItems) + 3)
    const length = Number(minItems) + this.chance.below(most - Number(minItems) + 1)
    const made = Array.from({ length }, () => this.make((items ?? {}) as Json, name))
    return uniqueItems ? [...new Set(made)] : made
  }

  private drawText(schema: Json, name: string): string {
    const known = this.known.get(name)
    if (known && !this.chance.oneIn(4)) return this.chance.pick(known)
    const { maxLength, minLength } = schema
    if (this.chance.oneIn(6) && typeof maxLength === 'number' && maxLength < 100_000)
      return this.chance.pick(['x', '😀', 'ä']).repeat(maxLength)
    if (this.chance.oneIn(6) && typeof minLength === 'number') return 'x'.repeat(minLength)
    return this.chance.pick(this.chance.oneIn(2) ? words : texts)
  }

  private drawNumber({ minimum = -9007199254740991, maximum = 9007199254740991 }: Json): number {
    return this.chance.pick([Number(minimum), Number(maximum), 1, 30, 3600])
  }

  resolve(schema: Json): Json {
    const name = typeof schema.$ref === 'string' ? schema.$ref.split('/').at(-1) : undefined
    return name === undefined ? schema : (this.schemas[name] ?? {})
  }
}
