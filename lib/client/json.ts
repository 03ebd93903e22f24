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
  const [first] = issues
  if (first === undefined) return copy as JsonObject
  const words = `These params cannot be asked about (${first.pointer || 'all'}): ${first.detail}`
  throw new Problem(words, { status: 422, code: 'invalid_input', errors: issues })
}

function copyOf(value: unknown, pointer: string, above: object[], issues: Issue[]): unknown {
  const refuse = (detail: string) => void issues.push({ pointer, detail })
  if (above.length === 0 && !isObject(value)) return refuse('Params are an object.')
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) return refuse(`JSON has no ${value}.`)
    if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
      return refuse('A whole number beyond 2^53 may have lost digits; send it as text in the tool’s schema.')
    }
    return value === 0 ? 0 : value
  }
  if (typeof value === 'string') return isWellFormed(value) ? value : refuse('It holds half a character.')
  if (value === null || typeof value === 'boolean') return value
  if (typeof value !== 'object') return refuse(`JSON has no ${typeof value}; leave it out, or send text.`)
  if (above.includes(value)) return refuse('It contains itself.')
  if (above.length === mostDepth) return refuse(`It is more than ${mostDepth} levels deep.`)
  const child = (item: unknown, key: string | number) => {
    const name = String(key).replaceAll('~', '~0').replaceAll('/', '~1')
    if (!isWellFormed(name)) refuse('It holds half a character.')
    return copyOf(item, `${pointer}/${name}`, [...above, value], issues)
  }
  if (Array.isArray(value)) return Array.from(value, child)
  const prototype = Object.getPrototypeOf(value) as object | null
  if (prototype && Object.getPrototypeOf(prototype))
    return refuse(`A ${value.constructor?.name} is not JSON; send text or a plain object.`)
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, child(item, key)]))
}

function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text)
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
 * What is to be recorded: never an error, for the tool has run. What JSON cannot carry, or Holdpoint would not take,
 * becomes an object that says so.
 */
function recordable(value: unknown): unknown {
  try {
    const text = JSON.stringify(value) ?? ''
    const bytes = new TextEncoder().encode(text).length
    return bytes <= mostRecordedBytes ? value : { cut: true, bytes, start: text.slice(0, 50_000) }
  } catch (error) {
    return { not_json: String(error) }
  }
}

/** The JSON of a body whose members are recorded, and so never a reason for an error. */
export function withRecorded(body: JsonObject): string {
  const entries = Object.entries(body).map(([name, value]) => [name, recordable(value)])
  return JSON.stringify(Object.fromEntries(entries))
}
