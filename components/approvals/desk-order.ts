import type { SeenApproval } from '@/lib/approvals/schemas'
import type { CueFilter } from '@/lib/approvals/context/cue-filter'
import { amountOf } from '@/lib/approvals/amount'
import type { ApprovalSort, approvalStatuses } from '@/lib/approvals/statuses'
import { paramsHere } from './call-words'

/** What narrows a list, by the names of the API. */
export type Narrowing = Partial<
  Record<'agent' | 'tool' | 'q' | 'rule' | 'due' | 'run_id' | 'mine' | 'snoozed', string | undefined>
> & { cue?: CueFilter | undefined }
/** What a list of the desk holds and in which order. */
export type ListOf = Narrowing & {
  statuses: readonly (typeof approvalStatuses)[number][]
  sort: ApprovalSort
}

type Compare = (a: SeenApproval, b: SeenApproval) => number

const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
const rising =
  (at: (one: SeenApproval) => string): Compare =>
  (a, b) =>
    order(at(a), at(b)) || order(a.id, b.id)
const falling =
  (at: (one: SeenApproval) => string): Compare =>
  (a, b) =>
    rising(at)(b, a)

const compares: Record<ApprovalSort, Compare> = {
  deadline: rising((one) => one.expires_at),
  oldest: rising((one) => one.requested_at),
  newest: falling((one) => one.requested_at),
  largest: (a, b) => sizeOf(b) - sizeOf(a) || order(b.id, a.id),
  decided: falling(({ requested_at: at, wait_ms: ms }) => new Date(Date.parse(at) + (ms ?? 0)).toISOString()),
}

/** Of what has no amount the size is below all others, and of two of those the difference is none. */
function sizeOf(one: SeenApproval): number {
  const params = paramsHere(one)
  return (params && amountOf(params, one.rule.condition)) ?? -Number.MAX_VALUE
}

/** The order of a list, as the server has it. */
export function compareIn(sort: ApprovalSort): Compare {
  return compares[sort]
}

/** Whether a request is of the list, now that this is known of it. */
function belongs({ status }: SeenApproval, { statuses }: ListOf): boolean {
  return statuses.includes(status)
}

/**
 * Rows with what became of some of them, and with what is new, each in its place.
 * @param hasMore where more follows on the server, what would stand behind the last row is left to it
 */
export function place(
  rows: SeenApproval[],
  changed: SeenApproval[],
  of: ListOf,
  hasMore: boolean,
): SeenApproval[] {
  const compare = compareIn(of.sort)
  const ids = new Set(changed.map(({ id }) => id))
  const last = rows.at(-1)
  const here = new Set(rows.map(({ id }) => id))
  const stays = (one: SeenApproval) =>
    belongs(one, of) && (here.has(one.id) || !hasMore || last === undefined || compare(one, last) < 0)
  return [...rows.filter(({ id }) => !ids.has(id)), ...changed.filter(stays)].sort(compare)
}
