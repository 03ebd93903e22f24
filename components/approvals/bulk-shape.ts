import type { SeenApproval } from '@/lib/approvals/schemas'
import { writeJson } from '@/lib/json/write'
import { ruleParams } from './call-words'
import { showText } from '@/lib/untrusted/show'
import * as say from '@/words/approvals/bulk-shape'

export type BulkRow = { approval: SeenApproval; params: Record<string, unknown> }

export type BulkShape = {
  /** What is the same in all of them. */
  same: [name: string, value: unknown][]
  /** Names of what differs, those first that rules fired on. */
  columns: string[]
  /** The rows, those first that stand out. */
  rows: BulkRow[]
  /** Why a row stands out, in words, by the approval's id. */
  oddities: ReadonlyMap<string, string[]>
}

/** Several requests of one tool as a table of what differs; what stands out comes first. */
export function bulkShape(all: BulkRow[]): BulkShape {
  const names = [
    ...new Set([
      ...all.flatMap(({ approval, params }) =>
        ruleParams(approval.rule.condition).filter((name) => Object.hasOwn(params, name)),
      ),
      ...all.flatMap(({ params }) => Object.keys(params)),
    ]),
  ]
  const first = all[0]?.params ?? {}
  const isSame = (name: string) => {
    const text = textOf(first, name)
    return all.every(({ params }) => textOf(params, name) === text)
  }
  const same = all.length < 2 ? [] : names.filter(isSame)
  const columns = names.filter((name) => !same.includes(name))
  const far = new Map(columns.map((name) => [name, farAbove(all, name)]))
  const oddities = new Map(all.map((row) => [row.approval.id, odditiesOf(row, far)]))
  const isOdd = ({ approval }: BulkRow) => (oddities.get(approval.id)?.length ?? 0) > 0
  return {
    same: same.map((name) => [name, first[name]]),
    columns,
    rows: [...all.filter(isOdd), ...all.filter((row) => !isOdd(row))],
    oddities,
  }
}

function textOf(params: Record<string, unknown>, name: string): string | null {
  return Object.hasOwn(params, name) ? writeJson(params[name]) : null
}

function odditiesOf({ approval, params }: BulkRow, far: ReadonlyMap<string, number>): string[] {
  const oddities: string[] = []
  if (approval.rule.outcome === 'unevaluable') oddities.push(say.ruleNotEvaluated)
  const shown = showText(writeJson(params))
  if (shown.hasInvisible) oddities.push(say.hiddenCharacters)
  if (shown.hasMixedScripts) oddities.push(say.mixedScripts)
  for (const [name, limit] of far) {
    const value = numberAt(params, name)
    if (value !== undefined && value > limit) oddities.push(say.farAbove(name))
  }
  return oddities
}

function numberAt(params: Record<string, unknown>, name: string): number | undefined {
  const value = Object.hasOwn(params, name) ? params[name] : undefined
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : undefined
}

/** Too few to say what is usual. */
const fewest = 5

/**
 * Above what a number stands out: beyond three interquartile ranges over the third quartile, Tukey's far out
 * (Exploratory Data Analysis, 1977), and twice the median.
 */
function farAbove(all: BulkRow[], name: string): number {
  const values = all.flatMap(({ params }) => numberAt(params, name) ?? []).sort((a, b) => a - b)
  if (values.length < fewest) return Infinity
  const at = (share: number) => values[Math.floor((values.length - 1) * share)] ?? 0
  return Math.max(at(0.75) + 3 * (at(0.75) - at(0.25)), 2 * Math.abs(at(0.5)))
}
