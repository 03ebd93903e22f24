import type { Addresses } from './addresses'
import { makeInput, type Input, type Scope } from './input'
import { judge } from './judge'
import { send } from './send'
import type { World } from './world'

export type Target = { url: string; appUrl: string; addresses: Addresses; world: World } & Scope

/** One kind of failure: how often, and the smallest input that shows it. */
export type Finding = { kind: string; where: string; count: number; indexes: number[]; repro: string }

export type Report = {
  count: number
  seed: number
  ms: number
  slowestMs: number
  byStatus: Map<number, number>
  findings: Finding[]
}

type Options = {
  count: number
  seed: number
  from?: number
  atOnce?: number
  onProgress?: (done: number) => void
  /** Asked before each; the report is of those that were sent. */
  mayGoOn?: () => boolean
}

/** Sends `count` hostile inputs and gathers what a server must never answer. */
export async function fuzz(target: Target, options: Options): Promise<Report> {
  const { count, seed, from = 0, atOnce = 8, onProgress, mayGoOn = () => true } = options
  const { url, appUrl, addresses, world } = target
  const found = new Map<string, { input: Input; kind: string; indexes: number[] }>()
  const byStatus = new Map<number, number>()
  const begun = performance.now()
  let next = from
  let slowestMs = 0
  const worker = async () => {
    while (next < from + count && mayGoOn()) {
      const input = makeInput(next++, seed, addresses, world, target)
      const outcome = await send(url, appUrl, input)
      byStatus.set(outcome.status, (byStatus.get(outcome.status) ?? 0) + 1)
      if (!outcome.hungUp) slowestMs = Math.max(slowestMs, outcome.ms)
      const kind = judge(input, outcome)
      if (kind !== undefined) {
        const key = `${kind} ${placeOf(input, addresses)}`
        const before = found.get(key)
        if (before) before.indexes.push(input.index)
        else found.set(key, { input, kind, indexes: [input.index] })
      }
      if ((next - from) % 500 === 0) onProgress?.(next - from)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  const findings: Finding[] = []
  for (const { input, kind, indexes } of found.values()) {
    const smallest = await shrink(target, input, kind)
    const where = placeOf(input, addresses)
    findings.push({
      kind,
      where,
      count: indexes.length,
      indexes: indexes.slice(0, 5),
      repro: lineOf(smallest),
    })
  }
  findings.sort((a, b) => b.count - a.count)
  return { count: next - from, seed, ms: performance.now() - begun, slowestMs, byStatus, findings }
}

/** The address without what stands in it, to tell kinds apart. */
function placeOf(input: Input, { calls, pages, actions }: Addresses): string {
  const action = input.headers.find(([name]) => name === 'Next-Action')?.[1]
  if (action !== undefined) return `action ${actions.find(({ id }) => id === action)?.name ?? 'unknown'}`
  const parts = input.path.replace(/^https?:\/\/[^/]*/, '').split('/')
  const fits = (pattern: string) => {
    const wanted = pattern.split('/')
    return (
      wanted.length === parts.length && wanted.every((part, at) => /^[{[]/.test(part) || part === parts[at])
    )
  }
  const patterns = [...calls.map(({ path }) => path), ...pages]
  const place =
    patterns.filter(fits).sort((a, b) => placeholders(a) - placeholders(b))[0] ?? 'another address'
  return `${input.method} ${place}`
}

function placeholders(pattern: string): number {
  return pattern.split(/[{[]/).length
}

/** Takes away header by header, field by field and the body, as long as the same thing is wrong. */
async function shrink(target: Target, input: Input, kind: string): Promise<Input> {
  if (/within 10 s/.test(kind)) return input
  let smallest = input
  const isSame = async (smaller: Input) =>
    judge(smaller, await send(target.url, target.appUrl, smaller)) === kind
  for (const [name] of input.headers) {
    const smaller = { ...smallest, headers: smallest.headers.filter(([one]) => one !== name) }
    if (await isSame(smaller)) smallest = smaller
  }
  for (const field of input.query.split('&')) {
    const query = smallest.query
      .split('&')
      .filter((one) => one !== field)
      .join('&')
    if (query !== smallest.query && (await isSame({ ...smallest, query }))) smallest = { ...smallest, query }
  }
  if (smallest.body && (await isSame({ ...smallest, body: undefined })))
    smallest = { ...smallest, body: undefined }
  return smallest
}

const secret = /^(authorization|cookie)$/i

/** An input in one line, without what a credential is made of. */
function lineOf({ method, path, query, credential, headers, body }: Input): string {
  const shown = headers.map(
    ([name, value]) => `${name}: ${secret.test(name) ? `<${credential}>` : cut(value, 120)}`,
  )
  const parts = [`${method} ${path}${query && `?${query}`}`, ...shown]
  if (body) parts.push(`body (${body.length} bytes) ${body.toString('utf8')}`)
  return parts.map((part) => cut(printable(part), 400)).join(' | ')
}

function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, (one) => `\\u{${(one.codePointAt(0) ?? 0).toString(16)}}`)
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)}… (${text.length})` : text
}

/** A report as text: a line for each kind, and its smallest input below. */
export function reportText({ count, seed, ms, slowestMs, byStatus, findings }: Report): string {
  const statuses = [...byStatus].sort(([a], [b]) => a - b).map(([status, n]) => `${status || 'none'}: ${n}`)
  const lines = findings.flatMap(({ kind, where, count: times, indexes, repro }) => [
    `${String(times).padStart(6)}  ${kind}  ${where}  (inputs ${indexes.join(', ')})`,
    `        ${repro}`,
  ])
  return [
    `${count} inputs of seed ${seed} in ${(ms / 1000).toFixed(0)} s, the slowest answer after ${Math.round(slowestMs)} ms.`,
    `Answers by status: ${statuses.join(', ')}.`,
    findings.length === 0 ? 'Nothing found.' : `${findings.length} kinds of failure:`,
    ...lines,
  ].join('\n')
}
