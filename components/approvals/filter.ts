import type { CueFilter } from '@/lib/approvals/context/cue-filter'
import type { Grouping } from '@/lib/approvals/groupings'
import type { shownDues, shownSorts, shownStatuses } from '@/lib/approvals/shown'
import { outcomes, type ApprovalSort } from '@/lib/approvals/statuses'
import type { ListOf, Narrowing } from './desk-order'

/** The filters of the Approvals page as its address has them; each is left out where it is the usual. */
export type QueueFilter = {
  status?: (typeof shownStatuses)[number]
  agent?: string
  tool?: string
  q?: string
  sort?: (typeof shownSorts)[number]
  /** The rule that held a request: its condition, or else its tools. */
  rule?: string
  due?: (typeof shownDues)[number]
  /** What waits for the reader alone, or what waits for anybody, where it is not what the reader sees unasked. */
  mine?: 'true' | 'false'
  /** A cue, any of them, or none. */
  cue?: CueFilter
  /** What the reader put off, which is else left out. */
  snoozed?: 'true'
  /** The id of a run. */
  run?: string
  /** Shows groups instead of requests, until one of them is chosen. */
  group?: Grouping
}

/** As `lib/policy/wildcard.ts` tells one from a name; of that a browser needs no more. */
const wildcard = /[*?[]/

/** By what the list is grouped where its groups are shown: none of them is chosen. */
export function shownGroups({ status, group, ...filter }: QueueFilter): Grouping | undefined {
  if (status !== undefined || group === undefined) return undefined
  const chosen = filter[group]
  return chosen === undefined || (group === 'tool' && wildcard.test(chosen)) ? group : undefined
}

/** The list that filters ask for. */
export function listOfFilter(filter: QueueFilter): ListOf {
  const { status, agent, tool, q, sort } = filter
  if (status === undefined) return { statuses: ['pending'], sort: sort ?? 'deadline', ...narrowing(filter) }
  const decided: ApprovalSort = 'decided'
  return { statuses: status === 'decided' ? outcomes : [status], sort: decided, agent, tool, q }
}

/** What narrows what is pending, as the API's lists and counts take it. */
export function narrowing(filter: QueueFilter): Narrowing {
  const { agent, tool, q, rule, due, run, mine, cue, snoozed = 'false' } = filter
  return { agent, tool, q, rule, due, run_id: run, mine: mine === 'true' ? mine : undefined, cue, snoozed }
}

/** The same filters of the other tab: what only one of them knows is left out. */
export function inTab({ agent, tool, q }: QueueFilter, tab: 'pending' | 'decided'): QueueFilter {
  return { ...(tab === 'decided' && { status: 'decided' as const }), ...given({ agent, tool, q }) }
}

/** Whether anything is left out but what the reader put off. */
export function narrows({ snoozed, ...others }: Narrowing): boolean {
  return snoozed === 'true' || Object.values(others).some((value) => value !== undefined)
}

/** Whether anything but the tab narrows the list. */
export function isNarrowed(filter: QueueFilter): boolean {
  const isOneOutcome = filter.status !== undefined && filter.status !== 'decided'
  return isOneOutcome || narrows(narrowing(filter))
}

/** Without what is empty. */
export function given(filter: { [K in keyof QueueFilter]?: string | undefined }): QueueFilter {
  return Object.fromEntries(
    Object.entries(filter).flatMap(([name, value]) => (value?.trim() ? [[name, value.trim()]] : [])),
  ) as QueueFilter
}
