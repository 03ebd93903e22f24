import { pointerTo } from '../report'

/** Something wrong with a schema, or with a value by it. */
export type Issue = { pointer: string; detail: string }

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
export const one = ['not', 'items', 'additionalProperties']
export const several = ['allOf', 'anyOf', 'oneOf', 'prefixItems']
export const byName = ['properties', '$defs', 'definitions']
export const localRef = /^#\/(?:\$defs|definitions)\/([^/]+)$/

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

export function isObject(value: unknown): value is Record<string, unknown> {
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
