import type { Grouping } from '@/lib/approvals/groupings'
import { outcomes, type ApprovalSort } from '@/lib/approvals/statuses'
import type { ListOf } from './desk-order'

/** What a tab shows: what is pending, all that is decided, or one outcome of it. */
export const shownStatuses = ['decided', ...outcomes] as const
export const shownSorts = ['deadline', 'oldest', 'newest', 'largest'] as const
/** How soon what is due soon is due, in seconds, as the address says it. */
export const dueSoon = '600'

/** The filters of the Approvals page as its address has them; each is left out where it is the usual. */
export type QueueFilter = {
  status?: (typeof shownStatuses)[number]
  agent?: string
  tool?: string
  q?: string
  sort?: (typeof shownSorts)[number]
  /** The rule that held a request: its condition, or else its tools. */
  rule?: string
  due?: typeof dueSoon
  /** Shows groups instead of requests, until one of them is chosen. */
  group?: Grouping
}

/** By what the list is grouped where its groups are shown: none of them is chosen. */
export function shownGroups({ status, group, ...filter }: QueueFilter): Grouping | undefined {
  return status === undefined && group !== undefined && filter[group] === undefined ? group : undefined
}

/** The list that filters ask for. */
export function listOfFilter({ status, agent, tool, q, sort, rule, due }: QueueFilter): ListOf {
  const others = { agent, tool, q }
  if (status === undefined) return { statuses: ['pending'], sort: sort ?? 'deadline', ...others, rule, due }
  const decided: ApprovalSort = 'decided'
  return { statuses: status === 'decided' ? outcomes : [status], sort: decided, ...others }
}

/** The same filters of the other tab: what only one of them knows is left out. */
export function inTab({ agent, tool, q }: QueueFilter, tab: 'pending' | 'decided'): QueueFilter {
  return { ...(tab === 'decided' && { status: 'decided' as const }), ...given({ agent, tool, q }) }
}

/** Whether anything but the tab narrows the list. */
export function isNarrowed({ status, agent, tool, q, rule, due }: QueueFilter): boolean {
  const isOneOutcome = status !== undefined && status !== 'decided'
  return isOneOutcome || (agent ?? tool ?? q ?? rule ?? due) !== undefined
}

/** Without what is empty. */
export function given(filter: { [K in keyof QueueFilter]?: string | undefined }): QueueFilter {
  return Object.fromEntries(
    Object.entries(filter).flatMap(([name, value]) => (value?.trim() ? [[name, value.trim()]] : [])),
  ) as QueueFilter
}
