import { Validator, type OutputUnit, type Schema } from '@cfworker/json-schema'
import { byName, isObject, localRef, one, several, type Issue } from './taken-schema'

/** So many schemas may be tried on so many values. */
const mostSteps = 50_000

/**
 * What of params is not valid by a schema, as pointers into them; null where checking would take too long, as schemas
 * that refer to each other can be made to.
 * @param schema one without issues
 */
export function invalidBy(schema: Record<string, unknown>, params: unknown): Issue[] | null {
  const value = asDoubles(params)
  if (!isQuick(schema, value)) return null
  const { valid, errors } = new Validator(withoutFormat(schema) as Schema, '2020-12', false).validate(value)
  if (valid) return []
  const innermost = errors.filter(isInnermost)
  const told = innermost.length > 0 ? innermost : errors
  return told.slice(0, 20).map(({ instanceLocation, error }) => ({
    pointer: decodeURIComponent(instanceLocation.replace(/^#/, '')),
    detail: error.replace(/^Instance/, 'This').slice(0, 300),
  }))
}

/** Those around an error only say that there is one. */
const outer = [
  'properties',
  'items',
  'prefixItems',
  'additionalProperties',
  '$ref',
  'allOf',
  'anyOf',
  'oneOf',
]
const isInnermost = ({ keyword }: OutputUnit) => !outer.includes(keyword)

/**
 * Whole numbers beyond 2^53 as doubles: a schema names none, so that bounds and lists of values say the same of both.
 * Of `multipleOf` they only say nearly the same.
 */
function asDoubles(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value)
  if (Array.isArray(value)) return value.map(asDoubles)
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, asDoubles(member)]))
}

/** The validator would check formats by regular expressions, and marks what it has read. */
function withoutFormat(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withoutFormat)
  if (!isObject(schema)) return schema
  const { format: _format, ...rest } = schema
  const inner = Object.entries(rest).map(([key, held]) => [key, inSchema(key, held)])
  return Object.fromEntries(inner)
}

function inSchema(key: string, held: unknown): unknown {
  if (one.includes(key) || several.includes(key)) return withoutFormat(held)
  if (!byName.includes(key) || !isObject(held)) return held
  return Object.fromEntries(Object.entries(held).map(([name, each]) => [name, withoutFormat(each)]))
}

/** Goes the way that the validator goes, and counts. */
function isQuick(root: Record<string, unknown>, params: unknown): boolean {
  let steps = 0
  const walk = (schema: unknown, value: unknown, depth: number): boolean => {
    if (++steps > mostSteps || depth > 200) return false
    if (!isObject(schema)) return true
    const also = (held: unknown, inner: unknown, more = depth + 1) =>
      held === undefined || walk(held, inner, more)
    const [, name] = typeof schema.$ref === 'string' ? (localRef.exec(schema.$ref) ?? []) : []
    const holder =
      typeof schema.$ref === 'string' && schema.$ref.startsWith('#/$defs') ? '$defs' : 'definitions'
    const target =
      name === undefined ? undefined : (root[holder] as Record<string, unknown> | undefined)?.[name]
    if (!also(target, value) || !also(schema.not, value)) return false
    for (const key of ['allOf', 'anyOf', 'oneOf']) {
      if (Array.isArray(schema[key]) && !schema[key].every((each) => also(each, value))) return false
    }
    if (Array.isArray(value)) {
      const first = Array.isArray(schema.prefixItems) ? schema.prefixItems : []
      return value.every((item, at) => also(first[at] ?? schema.items, item))
    }
    if (!isObject(value)) return true
    const properties = isObject(schema.properties) ? schema.properties : {}
    return Object.entries(value).every(([key, member]) =>
      also(Object.hasOwn(properties, key) ? properties[key] : schema.additionalProperties, member),
    )
  }
  return walk(root, params, 0)
}
