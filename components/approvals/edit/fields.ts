import { parseStrict } from '@/lib/json/strict'
import { writeJson } from '@/lib/json/write'
import { changesBetween, covers, type Change } from '@/lib/policy/edits/changes'
import { pointerTo } from '@/lib/policy/report'
import * as say from '@/words/approvals/edit/fields'

type Path = (string | number)[]
type Schema = Record<string, unknown>
type Kind = 'text' | 'integer' | 'decimal' | 'boolean' | 'choice'

/** A value that a reviewer may change, and how it is typed. */
export type EditField = {
  /** JSON pointer (RFC 6901). */
  pointer: string
  path: Path
  /** The schema's title, if it has one. */
  title: string | null
  hint: string | null
  kind: Kind
  value: unknown
  /** Of a choice: what there is to choose, as JSON. */
  choices: { json: string; title: string }[]
}

export type Places = true | string[]

/** What was typed, by pointer; of what is not here nothing was. */
export type Typed = Record<string, string>

const mostFields = 200

/**
 * The values that may be changed, in their order: those that lie within the places that the policy names. Lists keep
 * their length and objects their members. What is null keeps that where no schema says what else it may be.
 */
export function editFields(
  params: Record<string, unknown>,
  places: Places,
  schema: Schema | null,
): EditField[] {
  const fields: EditField[] = []
  const isWithin = (path: Path) => places === true || places.some((place) => covers(place, path))
  const visit = (path: Path, value: unknown, of: Schema | null) => {
    if (fields.length >= mostFields) return
    if (Array.isArray(value))
      return value.forEach((item, at) => visit([...path, at], item, itemSchema(of, at, schema)))
    if (typeof value === 'object' && value !== null) {
      for (const [name, member] of Object.entries(value))
        visit([...path, name], member, resolve(objectIn(objectIn(of?.properties)?.[name]), schema))
      return
    }
    const field = isWithin(path) ? fieldOf(path, value, of) : null
    if (field) fields.push(field)
  }
  visit([], params, resolve(schema, schema))
  return fields
}

function fieldOf(path: Path, value: unknown, schema: Schema | null): EditField | null {
  const choices = choicesOf(schema)
  const kind = choices.length > 0 ? 'choice' : kindOf(value, schema)
  if (kind === null) return null
  const { title, description } = schema ?? {}
  const hint = [typeof description === 'string' ? description : '', boundsOf(schema)]
    .filter(Boolean)
    .join(' ')
  return {
    pointer: pointerTo(...path),
    path,
    title: typeof title === 'string' && title !== '' ? title : null,
    hint: hint === '' ? null : hint,
    kind,
    value,
    choices,
  }
}

function kindOf(value: unknown, schema: Schema | null): Kind | null {
  switch (typeof value) {
    case 'bigint':
      return schema?.type === 'number' ? 'decimal' : 'integer'
    case 'number':
      return Number.isInteger(value) && schema?.type !== 'number' ? 'integer' : 'decimal'
    case 'boolean':
      return 'boolean'
    case 'string':
      return 'text'
    default:
      return null
  }
}

function boundsOf(schema: Schema | null): string {
  const { minimum, maximum, minLength, maxLength } = schema ?? {}
  const isNumber = (one: unknown) => typeof one === 'number'
  if (isNumber(minimum) && isNumber(maximum)) return say.fromTo(minimum, maximum)
  if (isNumber(minimum)) return say.atLeast(minimum)
  if (isNumber(maximum)) return say.atMost(maximum)
  if (isNumber(minLength) && isNumber(maxLength)) return say.characters(minLength, maxLength)
  return isNumber(maxLength) ? say.atMostCharacters(maxLength) : ''
}

function choicesOf(schema: Schema | null): EditField['choices'] {
  if (Array.isArray(schema?.enum))
    return schema.enum.filter(isPlain).map((one) => ({ json: writeJson(one), title: wordsOf(one) }))
  const options = Array.isArray(schema?.oneOf) ? schema.oneOf.map(objectIn) : []
  if (!options.every((one) => one !== null && isPlain(one.const))) return []
  return options.map((one) => ({
    json: writeJson(one?.const),
    title: typeof one?.title === 'string' ? one.title : wordsOf(one?.const),
  }))
}

function isPlain(value: unknown): boolean {
  return value !== undefined && (typeof value !== 'object' || value === null)
}

function wordsOf(value: unknown): string {
  return typeof value === 'string' ? value : writeJson(value)
}

function objectIn(value: unknown): Schema | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Schema) : null
}

function itemSchema(schema: Schema | null, at: number, root: Schema | null): Schema | null {
  const prefix = Array.isArray(schema?.prefixItems) ? objectIn(schema.prefixItems[at]) : null
  return resolve(prefix ?? objectIn(schema?.items), root)
}

const localRef = /^#\/(\$defs|definitions)\/([^/]+)$/

/** A schema that stands elsewhere in the same one, a few steps far. */
function resolve(schema: Schema | null, root: Schema | null, steps = 5): Schema | null {
  const [, holder, name] = typeof schema?.$ref === 'string' ? (localRef.exec(schema.$ref) ?? []) : []
  if (holder === undefined || name === undefined || steps === 0) return schema
  return resolve(objectIn(objectIn(root?.[holder])?.[name]), root, steps - 1)
}

/** How a field's value is typed. */
export function typedOf({ kind, value }: Pick<EditField, 'kind' | 'value'>): string {
  return kind === 'text' ? String(value) : writeJson(value)
}

const number = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/

/** What was typed as a value of the field's type; whole numbers of any size are exact. */
export function readTyped(field: EditField, text: string): { value: unknown } | { error: string } {
  if (text === typedOf(field)) return { value: field.value }
  if (field.kind === 'text') return { value: text }
  const trimmed = text.trim()
  if (field.kind === 'integer' || field.kind === 'decimal') {
    const isWhole = field.kind === 'integer'
    if (!(isWhole ? /^-?\d+$/ : number).test(trimmed))
      return { error: isWhole ? say.wholeNumber : say.aNumber }
  }
  try {
    return { value: (parseStrict(`{"value":${trimmed}}`).value as { value: unknown }).value }
  } catch {
    return { error: say.notKeptExactly }
  }
}

/** Params with what was typed in place; what is wrong with it stands at its pointer. */
export function applyTyped(
  params: Record<string, unknown>,
  fields: EditField[],
  typed: Typed,
): { params: Record<string, unknown>; changes: Change[]; errors: Record<string, string> } {
  const errors: Record<string, string> = {}
  let next: unknown = params
  for (const field of fields) {
    const text = typed[field.pointer]
    if (text === undefined) continue
    const read = readTyped(field, text)
    if ('error' in read) errors[field.pointer] = read.error
    else if (read.value !== field.value) next = put(next, field.path, read.value)
  }
  const edited = next as Record<string, unknown>
  return { params: edited, changes: changesBetween(params, edited), errors }
}

function put(value: unknown, [first, ...rest]: Path, to: unknown): unknown {
  if (first === undefined) return to
  if (Array.isArray(value))
    return value.map((item, at) => (at === first ? put(item, rest, to) : (item as unknown)))
  const members = Object.entries(value as Record<string, unknown>)
  return Object.fromEntries(
    members.map(([name, member]) => [name, name === first ? put(member, rest, to) : member]),
  )
}
