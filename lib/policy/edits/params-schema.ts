import { Validator, type OutputUnit, type Schema } from '@cfworker/json-schema'
import { pointerTo } from '../report'

/** Something wrong with a schema, or with a value by it. */
type Issue = { pointer: string; detail: string }

const annotations = [
  '$schema',
  '$comment',
  'title',
  'description',
  'default',
  'examples',
  'deprecated',
  'readOnly',
  'writeOnly',
  'format',
]
type Check = (value: unknown) => boolean
const isCount: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0
const isNumber: Check = (value) =>
  typeof value === 'number' && (!Number.isInteger(value) || Number.isSafeInteger(value))
const isName: Check = (value) => typeof value === 'string'
const types = ['null', 'boolean', 'integer', 'number', 'string', 'array', 'object']
const isType: Check = (value) => isName(value) && types.includes(value as string)
const isListOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.length > 0 && value.every(check)

/** What a keyword holds. */
const plain: Record<string, Check> = {
  type: (value) => isType(value) || isListOf(isType)(value),
  enum: isListOf(() => true),
  const: () => true,
  required: (value) => Array.isArray(value) && value.every(isName),
  minProperties: isCount,
  maxProperties: isCount,
  minItems: isCount,
  maxItems: isCount,
  minLength: isCount,
  maxLength: isCount,
  minimum: isNumber,
  maximum: isNumber,
  exclusiveMinimum: isNumber,
  exclusiveMaximum: isNumber,
  multipleOf: (value) => isNumber(value) && (value as number) > 0,
}
const one = ['not', 'items', 'additionalProperties']
const several = ['allOf', 'anyOf', 'oneOf', 'prefixItems']
const byName = ['properties', '$defs', 'definitions']
const localRef = /^#\/(?:\$defs|definitions)\/([^/]+)$/

const known = [...annotations, ...Object.keys(plain), ...one, ...several, ...byName, '$ref']

/**
 * What of a schema is not taken: keywords beyond those whose checking is cheap and the same everywhere (`pattern`,
 * whose regular expressions may take for ever, `uniqueItems`, remote `$ref` and others), and those that hold what they
 * may not. Empty where all of it is taken. `format` is a note to readers (JSON Schema 2020-12, validation, 7.2.1).
 */
export function schemaIssues(schema: unknown): Issue[] {
  const issues: Issue[] = []
  const names = definedIn(schema)
  const look = (path: (string | number)[], value: unknown) => {
    if (typeof value === 'boolean') return
    if (!isObject(value)) return void issues.push(issue(path, 'A schema is an object, true or false.'))
    for (const [key, held] of Object.entries(value)) {
      const here = [...path, key]
      if (one.includes(key)) look(here, held)
      else if (several.includes(key)) {
        if (!Array.isArray(held) || held.length === 0)
          issues.push(issue(here, 'This is a list of schemas, and not empty.'))
        else held.forEach((each, at) => look([...here, at], each))
      } else if (byName.includes(key)) {
        if (!isObject(held)) issues.push(issue(here, 'This is an object of schemas.'))
        else for (const [name, each] of Object.entries(held)) look([...here, name], each)
      } else if (key === '$ref') {
        if (typeof held !== 'string' || !names.has(held))
          issues.push(issue(here, 'A `$ref` names a schema of this one: `#/$defs/…` or `#/definitions/…`.'))
      } else if (Object.hasOwn(plain, key)) {
        if (!plain[key]?.(held)) issues.push(issue(here, `\`${key}\` does not hold this.`))
      } else if (!annotations.includes(key)) {
        issues.push(
          issue(
            here,
            `\`${key.slice(0, 100)}\` is not in use here; leave it out. Known: ${known.join(', ')}.`,
          ),
        )
      }
    }
  }
  look([], schema)
  if (issues.length === 0 && !(isObject(schema) && schema.type === 'object'))
    issues.push(issue(['type'], 'Params are an object: the outermost `type` is `object`.'))
  return issues.slice(0, 20)
}

const issue = (path: (string | number)[], detail: string): Issue => ({ pointer: pointerTo(...path), detail })

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The refs that a schema can answer. */
function definedIn(schema: unknown): Set<string> {
  if (!isObject(schema)) return new Set()
  return new Set(
    ['$defs', 'definitions'].flatMap((key) =>
      isObject(schema[key]) ? Object.keys(schema[key]).map((name) => `#/${key}/${name}`) : [],
    ),
  )
}

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
