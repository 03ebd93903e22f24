import type { Chance } from './chance'
import { hostileJson, hostileTexts } from './hostile'
import type { World } from './world'

type Json = Record<string, unknown>

/** JSON text that follows a schema but for some members, which are hostile. */
export class BodyMaker {
  constructor(
    private readonly chance: Chance,
    private readonly schemas: Record<string, Json>,
    private readonly world: World,
  ) {}

  text(schema: Json): string {
    const text = this.valueOf(schema, 0)
    if (this.chance.oneIn(20)) return text.slice(0, this.chance.below(text.length))
    if (this.chance.oneIn(20)) return `${text.slice(0, -1)},"a":1,"a":2}`
    return text
  }

  private valueOf(given: Json, depth: number, name = ''): string {
    if (this.chance.oneIn(9)) return this.chance.pick(hostileJson)
    const schema = this.resolve(given)
    const union = (schema.anyOf ?? schema.oneOf) as Json[] | undefined
    if (union) return this.valueOf(this.chance.pick(union), depth, name)
    if (Array.isArray(schema.enum)) return JSON.stringify(this.chance.pick(schema.enum))
    if ('const' in schema) return JSON.stringify(schema.const)
    switch (schema.type) {
      case 'object':
        return this.objectOf(schema, depth)
      case 'array':
        return `[${Array.from({ length: this.chance.below(4) }, () =>
          this.valueOf((schema.items ?? {}) as Json, depth + 1),
        ).join()}]`
      case 'string':
        return this.stringOf(name)
      case 'integer':
      case 'number':
        return String(this.chance.pick([1, 30, 3600, -1, 90]))
      case 'boolean':
        return this.chance.pick(['true', 'false'])
      default:
        return this.chance.pick(['{"order_id":"ORD-1","amount":2400}', '1', '"text"', 'null'])
    }
  }

  private objectOf(schema: Json, depth: number): string {
    const properties = Object.entries((schema.properties ?? {}) as Record<string, Json>)
    if (properties.length === 0) return this.chance.pick(['{}', '{"order_id":"ORD-1","amount":2400}'])
    const required = new Set((schema.required ?? []) as string[])
    const members = properties
      .filter(([name]) => (required.has(name) ? !this.chance.oneIn(15) : this.chance.oneIn(2)))
      .map(([name, one]) => `${JSON.stringify(name)}:${this.valueOf(one, depth + 1, name)}`)
    if (this.chance.oneIn(10)) members.push(`${JSON.stringify(this.key())}:${this.chance.pick(hostileJson)}`)
    return `{${members.join()}}`
  }

  private key(): string {
    return this.chance.pick(hostileTexts)
  }

  /** What a member of this name usually holds, else anything. */
  private stringOf(name: string): string {
    const known = this.world.texts.get(name)
    if (known && !this.chance.oneIn(5)) return JSON.stringify(this.chance.pick(known))
    return JSON.stringify(this.chance.pick(hostileTexts))
  }

  private resolve(schema: Json): Json {
    const name = typeof schema.$ref === 'string' ? schema.$ref.split('/').at(-1) : undefined
    return name === undefined ? schema : (this.schemas[name] ?? {})
  }
}
