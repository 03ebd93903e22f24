import type { Sent } from './tap'

/** A pgbench script for `-M prepared`, and what `-D` gives its variables. */
export type Script = { text: string; variables: Record<string, string> }

/** Numbers of a script's pieces of work, each another: `(base + i) * most + client`, i counting from 1. */
export const mostClients = 64

/** An id made of a piece of work's number; in the shape of our ids. */
export function numberedId(prefix: string, n: number): string {
  return `${prefix}_${String(n).padStart(26, '0')}`
}

/** The same in SQL, from an expression for the number. */
export function numberedIdSql(prefix: string, n: string): string {
  return `('${prefix}_' || lpad((${n})::text, 26, '0'))`
}

const made = /^([a-z]{3}_[0-9a-hjkmnp-tv-z]{26}|call_bench_\d+_\d+)$/
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const moment = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d/
/** What may be another each time: ids, of requests too, moments, and numbers, which are part of no key. */
const passing =
  /(\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b[a-z]{3}_[0-9a-hjkmnp-tv-z]{26}\b|\bcall_bench_\d+_\d+\b|\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?Z|\b\d+(?:\.\d+)?\b)/
const mostArguments = 255

/**
 * The statements of a request as a pgbench script. What differs between two requests of a kind is new each time:
 * ids and the caller's id of the call are made of the number `:n`, which no two pieces of work share, so that a
 * script also finds rows that were filled in under these ids. Moments keep their distance, in whole seconds, from
 * the present one. Statements that went out together go out together.
 * @param capturedAt when the second request was sent, in milliseconds since 1970
 * @throws Error where a difference is not understood, because the script would measure something else
 */
export function toScript(first: Sent[], second: Sent[], capturedAt: number): Script {
  if (first.length !== second.length || first.some(({ text }, at) => text !== second[at]?.text)) {
    throw new Error('Two requests of a kind sent different statements.')
  }
  const variables: Record<string, string> = {}
  const distinct = new Map<string, string[]>()
  const parts = second.map((statement, s) => {
    const earlier = first[s]?.params ?? []
    const values = statement.params.map((value, p) => {
      const keep = (text: string, piece = 0) => {
        const name = `s${s}_${p}_${piece}`
        variables[name] = text
        return `:${name}`
      }
      return toValue(earlier[p] ?? null, value, { keep, distinct, capturedAt })
    })
    return { text: substitute(statement, values), trip: statement.trip }
  })
  const lines = [`\\set i :i + 1`, `\\set n (:base + :i) * ${mostClients} + :client_id`, ...pipelined(parts)]
  return { text: `${lines.join('\n')}\n`, variables: { i: '0', base: '0', ...variables } }
}

type Translation = {
  /** Makes a variable of a text. */
  keep(text: string, piece?: number): string
  /** The ids made by this request, by their prefix. */
  distinct: Map<string, string[]>
  capturedAt: number
}

function toValue(
  earlier: string | null,
  value: string | null,
  { keep, distinct, capturedAt }: Translation,
): string {
  if (value === null || earlier === null) {
    if (value !== earlier) throw new Error('A parameter was null in one request and not in another.')
    return 'null'
  }
  if (value === earlier) return keep(value)
  // What is between the pieces that may differ is at even places.
  const [was, is] = [earlier.split(passing), value.split(passing)]
  if (was.length !== is.length || is.some((text, at) => at % 2 === 0 && text !== was[at]))
    throw new Error(`A parameter differs for no known reason: ${value.slice(0, 80)}`)
  const isNew = (at: number) =>
    is[at] !== was[at] && [made, uuid, moment].some((kind) => kind.test(is[at] ?? ''))
  if (!is.some((_, at) => isNew(at))) return keep(value)
  const pieces: string[] = []
  let same = ''
  const keepSame = () => {
    if (same !== '') pieces.push(`${keep(same, pieces.length)}::text`)
    same = ''
  }
  for (const [at, text] of is.entries()) {
    if (!isNew(at)) same += text
    else {
      keepSame()
      pieces.push(newSql(text, distinct, capturedAt))
    }
  }
  keepSame()
  return `(${pieces.join(' || ')})`
}

function newSql(text: string, distinct: Map<string, string[]>, capturedAt: number): string {
  if (made.test(text)) return madeSql(text, distinct)
  return uuid.test(text) ? 'gen_random_uuid()::text' : momentSql(Date.parse(text) - capturedAt)
}

function momentSql(distanceMs: number): string {
  const seconds = Math.round(distanceMs / 1000)
  const then = seconds === 0 ? 'now()' : `now() + interval '${seconds} seconds'`
  return `to_char((${then}) at time zone 'UTC', 'YYYY-MM-DD"T"HH24":"MI":"SS.MS"Z"')`
}

/** A second id of a kind in the same request gets a letter at its end. */
function madeSql(id: string, distinct: Map<string, string[]>): string {
  const prefix = id.slice(0, id.indexOf('_'))
  const seen = distinct.get(prefix) ?? []
  distinct.set(prefix, seen)
  if (!seen.includes(id)) seen.push(id)
  const place = seen.indexOf(id)
  const letter = place === 0 ? '' : ` || '${String.fromCharCode(96 + place)}'`
  if (prefix === 'call') return `('call_bench_0_' || :n::text${letter})`
  return `('${prefix}_' || lpad(:n::text${letter}, 26, '0'))`
}

const typeNames: Record<number, string> = {
  16: 'boolean',
  20: 'bigint',
  21: 'smallint',
  23: 'integer',
  25: 'text',
  114: 'json',
  1184: 'timestamptz',
  1700: 'numeric',
  3802: 'jsonb',
}

function substitute({ text, types }: Sent, values: string[]): string {
  const count = text.match(/\$\d+/g)?.length ?? 0
  if (count > mostArguments) throw new Error(`A statement has ${count} parameters, too many for pgbench.`)
  if (/(?<!:):[A-Za-z0-9_]|;|^\s*\\/m.test(text)) throw new Error(`pgbench would misread: ${text}`)
  return text.trim().replace(/\$(\d+)/g, (_, number: string) => {
    const at = Number(number) - 1
    const type = typeNames[types[at] ?? 0]
    return `${values[at] ?? ''}${type === undefined ? '' : `::${type}`}`
  })
}

function pipelined(parts: { text: string; trip: number }[]): string[] {
  return parts.flatMap(({ text, trip }, at) => {
    const withBefore = parts[at - 1]?.trip === trip
    const withNext = parts[at + 1]?.trip === trip
    return [
      ...(withNext && !withBefore ? ['\\startpipeline'] : []),
      `${text};`,
      ...(withBefore && !withNext ? ['\\endpipeline'] : []),
    ]
  })
}
