import { Problem, type Issue } from './errors.ts'

export type JsonObject = Record<string, unknown>

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Containers within each other that Holdpoint takes. */
const mostDepth = 64

/**
 * A copy of params that nothing changes any more: it is asked about, and it is executed.
 * @throws Problem `invalid_input` with the place of everything that JSON could not carry or would change
 */
export function snapshot(params: unknown): JsonObject {
  const issues: Issue[] = []
  const copy = copyOf(params, '', [], issues)
  if (!isObject(params)) issues.splice(0, Infinity, { pointer: '', detail: 'Params are an object.' })
  const [first] = issues
  if (first === undefined) return copy as JsonObject
  throw new Problem(`These params cannot be asked about (${first.pointer || 'all'}): ${first.detail}`, {
    status: 422,
    code: 'invalid_input',
    errors: issues,
  })
}

function copyOf(value: unknown, pointer: string, above: object[], issues: Issue[]): unknown {
  const refuse = (detail: string) => void issues.push({ pointer, detail })
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) return refuse(`JSON has no ${value}.`)
    if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
      return refuse('A whole number beyond 2^53 may have lost digits; send it as text in the tool’s schema.')
    }
    return value === 0 ? 0 : value
  }
  if (typeof value === 'string') return isWellFormed(value) ? value : refuse('It holds half a character.')
  if (typeof value === 'bigint') return refuse('JSON has no bigint; send it as text in the tool’s schema.')
  if (value === null || typeof value === 'boolean') return value
  if (typeof value !== 'object') return refuse(`JSON has no ${typeof value}; leave it out, or send null.`)
  if (above.includes(value)) return refuse('It contains itself.')
  if (above.length === mostDepth) return refuse(`It is more than ${mostDepth} levels deep.`)
  const child = (item: unknown, key: string | number) =>
    copyOf(item, `${pointer}/${escape(key)}`, [...above, value], issues)
  if (Array.isArray(value)) return Array.from(value, child)
  if (!isPlain(value)) return refuse(`A ${value.constructor?.name} is not JSON; send text or a plain object.`)
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      if (!isWellFormed(key)) refuse('A key holds half a character.')
      return [key, child(item, key)]
    }),
  )
}

function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text)
}

/** Also an object of another realm. */
function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value) as object | null
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

function escape(key: string | number): string {
  return String(key).replaceAll('~', '~0').replaceAll('/', '~1')
}

/** The canonical JSON (RFC 8785) of what JSON can carry. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`
  if (!isObject(value)) return JSON.stringify(value)
  const members = Object.keys(value).sort()
  return `{${members.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join()}}`
}

/** The digest that Holdpoint shows of a call. */
export async function digestOf(tool: string, params: JsonObject): Promise<string> {
  return `sha256:${await sha256(canonical({ params, tool }))}`
}

/** Hex SHA-256 of a text in UTF-8. */
export async function sha256(text: string): Promise<string> {
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Holdpoint takes 1 MiB of what is recorded, with what is around it, and keeps 256 kB. */
const mostRecordedBytes = 1_000_000

/**
 * What is to be recorded, as JSON text: never an error, for the tool has run. undefined where there is nothing; what
 * JSON cannot carry, or Holdpoint would not take, becomes an object that says so.
 */
function recordable(value: unknown): string | undefined {
  let text: string | undefined
  try {
    text = JSON.stringify(value)
  } catch (error) {
    return JSON.stringify({ not_json: String(error) })
  }
  if (text === undefined) return undefined
  const bytes = new TextEncoder().encode(text).length
  return bytes <= mostRecordedBytes
    ? text
    : JSON.stringify({ cut: true, bytes, start: text.slice(0, 50_000) })
}

/** The JSON of a body whose further members are only recorded, and so never a reason for an error. */
export function withRecorded(members: JsonObject, recorded: JsonObject): string {
  const texts = [JSON.stringify(members).slice(1, -1)]
  for (const [name, value] of Object.entries(recorded)) {
    const text = recordable(value)
    if (text !== undefined) texts.push(`"${name}":${text}`)
  }
  return `{${texts.join()}}`
}
