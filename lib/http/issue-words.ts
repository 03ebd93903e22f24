import type { z } from 'zod'

type Issue = z.core.$ZodRawIssue

/**
 * What a schema has against its input, in a sentence, where the schema itself says none. For `safeParse` as its `error`:
 * it sees the input, which the finished issue no longer has.
 */
export function issueWords(issue: Issue): string {
  const { input } = issue
  if (input === undefined && issue.code !== 'custom') return 'This field is required.'
  switch (issue.code) {
    case 'invalid_type':
      return wrongType([issue.expected], input)
    case 'too_big':
      return `This may ${bound(issue.origin, 'most', issue.maximum, issue.inclusive ?? true)}.`
    case 'too_small':
      if (issue.minimum === 1 && issue.origin !== 'number') return 'This must not be empty.'
      return `This must ${bound(issue.origin, 'least', issue.minimum, issue.inclusive ?? true)}.`
    case 'invalid_format':
      return wrongFormat(issue)
    case 'not_multiple_of':
      return `This must be a multiple of ${issue.divisor}.`
    case 'invalid_value':
      return oneOf(issue.values)
    case 'invalid_union':
      return noneOf(issue)
    case 'invalid_key':
    case 'invalid_element':
      return 'A key or an item in this is not allowed.'
    default:
      return 'This is not allowed here.'
  }
}

const typeNames: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  bigint: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
}

const nameOf = (type: string) => typeNames[type] ?? type

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return typeof value
}

function wrongType(expected: readonly string[], input: unknown): string {
  const wanted = [...new Set(expected.map(nameOf))].join(' or ')
  const is = typeOf(input)
  const isNumber = expected.some((type) => type === 'number' || type === 'int')
  if (isNumber && is === 'bigint') return 'This number is too large.'
  // of a number that is not whole, or none that counts, the type is right
  if (isNumber && is === 'number') return `This must be ${wanted}.`
  return `This must be ${wanted}, not ${nameOf(is)}.`
}

function bound(origin: string, end: 'most' | 'least', limit: number | bigint, isInclusive: boolean): string {
  const unit = { string: 'character', array: 'item' }[origin]
  if (unit === undefined)
    return isInclusive ? `be at ${end} ${limit}` : `only be ${end === 'most' ? 'below' : 'above'} ${limit}`
  return `have at ${end} ${limit} ${unit}${Number(limit) === 1 ? '' : 's'}`
}

function wrongFormat({ format, pattern }: z.core.$ZodRawIssue<z.core.$ZodIssueInvalidStringFormat>): string {
  if (format === 'email') return 'This must be an e-mail address.'
  if (format === 'url') return 'This must be an address such as https://example.com.'
  return pattern === undefined ? 'This has another form than is wanted here.' : `This must match ${pattern}.`
}

function oneOf(values: readonly z.core.util.Primitive[]): string {
  const said = values.map(String).join(', ')
  return values.length === 1 ? `This must be ${said}.` : `This must be one of: ${said}.`
}

function noneOf(issue: z.core.$ZodRawIssue<z.core.$ZodIssueInvalidUnion>): string {
  const { options } = issue as { options?: readonly z.core.util.Primitive[] }
  if (options) return oneOf(options)
  const first = (issue.errors ?? []).map(([one]) => one)
  const types = first.flatMap((one) =>
    one?.code === 'invalid_type' && one.path.length === 0 ? [one.expected] : [],
  )
  const isOfNoType = types.length > 0 && types.length === first.length
  return isOfNoType ? wrongType(types, issue.input) : 'This has none of the forms that are taken here.'
}
