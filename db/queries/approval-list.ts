import type { Queryable } from '@/db/client'
import type { CueFilter } from '@/lib/approvals/context/cue-filter'
import type { ApprovalSort } from '@/lib/approvals/statuses'
import type { AskedPerson } from './asked-person'
import {
  countMatching,
  firstPlaces,
  foundPlaces,
  isApprovalName,
  isByIndex,
  matchingPlaces,
  type Place,
  type Walked,
  type Wanted,
} from './approval-places'
import { findApprovalsOf, type ApprovalStatus, type ListedRecord, type ListRead } from './approvals'
import { decodeCursor, encodeCursor, type Page } from './cursor'
import { largestPlaces } from './largest'
import { hasTrigram, sharpestWord } from './search-text'
import type { SnoozedBy } from './snoozes'

export type ApprovalFilter = {
  /** Any of these; all where it is missing. */
  statuses?: readonly ApprovalStatus[] | undefined
  agent?: string | undefined
  /** A name, or a wildcard as in policies. */
  tool?: string | undefined
  /** `newest` where it is missing. */
  sort?: ApprovalSort | undefined
  /** Only these, of up to 100. */
  ids?: readonly string[] | undefined
  /** The run's id or its external id. */
  runId?: string | undefined
  toolCallId?: string | undefined
  /** Only what is pending and waits for this person. */
  asked?: AskedPerson | undefined
  /** Only what is pending and in the hands of this person; null: of nobody. */
  assignee?: string | null | undefined
  /** Only what is pending and was held by this rule: its condition, or where it has none its tools. */
  rule?: string | undefined
  /** Only what is pending and due within so many seconds. */
  dueWithin?: number | undefined
  /** Only what is pending and this person put off, or did not. */
  snoozed?: SnoozedBy | undefined
  /** Only what is pending, was looked at and has this cue, any or none. */
  cue?: CueFilter | undefined
  /**
   * Text looked for in tool, agent, params, description, message and the run's external id, any part of it in
   * any case, in the first 65,536 characters of all these; or the whole id of an approval or a run.
   */
  q?: string | undefined
  /** Aborted when the search has to end: no further statement of it is then begun. */
  signal?: AbortSignal | undefined
  /** 1 to 100 */
  limit: number
  cursor?: string | undefined
}

const allStatuses: ApprovalStatus[] = ['pending', 'approved', 'rejected', 'expired', 'cancelled']

/**
 * So many of a list are looked through for a text, one after the other until the page is full: what is common
 * needs no index. After the last the page ends, full or not.
 */
const steps = [200, 2_000, 10_000]
const mostSteps = 10_000
/** Of what fits fewer than one in so many, an index of the texts is asked at once. */
const rare = 100
/** What the indexes find is put in order up to so many. */
const mostFound = 5_000

/**
 * A page of approvals: pending first, within by its sort, newest first where none is given. Takes as long with a million approvals as with a
 * hundred, but for the look into the index of texts. Where that index cannot help (fewer than three ASCII
 * letters or digits in a row in `q`, or thousands of finds of which few are among the next), and what is decided by
 * a wildcard, or in the order of decisions by agent or tool, a page looks through the next 10,000 of the list: it may
 * then be short or empty, and its cursor goes on from there.
 * A page ends early where its bytes are reached.
 * @throws AppError `invalid_cursor`
 */
export async function listApprovals(
  db: Queryable,
  projectId: string,
  filter: ApprovalFilter,
  read: ListRead = { params: 'whole', context: true },
): Promise<Page<ListedRecord>> {
  const { agent, tool, ids, runId, toolCallId, q, sort = 'newest' } = filter
  const { asked, assignee, rule, dueWithin, snoozed, cue } = filter
  const list = sort === 'newest' ? 'approvals' : `approvals:${sort}`
  const after = filter.cursor === undefined ? undefined : placeAt(list, projectId, filter.cursor)
  const isOfPending =
    (asked ?? rule ?? dueWithin ?? snoozed ?? cue) !== undefined ||
    assignee !== undefined ||
    sort === 'largest'
  const statuses = allStatuses.filter(
    (status) => (filter.statuses?.includes(status) ?? true) && (!isOfPending || status === 'pending'),
  )
  const limit = filter.limit + 1
  const { signal } = filter
  const facets = { agent, tool, asked, assignee, rule, dueWithin, snoozed, cue }
  const wanted = { projectId, statuses, ids, ...facets, runId, toolCallId, q, after, limit, signal }
  const { places, last } =
    statuses.length === 0
      ? complete([])
      : sort === 'largest'
        ? complete(await largestPlaces(db, wanted))
        : await findPlaces(db, { ...wanted, sort })
  const page = places.slice(0, filter.limit)
  const { items, isCutAt } = await recordsAt(db, wanted, page, read)
  const given = page.slice(0, isCutAt)
  const end = places.length > given.length ? given.at(-1) : last
  return { items, nextCursor: end ? cursorAt(list, projectId, end) : null }
}

/**
 * How many requests of the project are pending, not yet due and fit a list's filters; counted among the first `most`
 * of them, by the index of deadlines where there is no text to look for.
 */
export async function countMatchingPending(
  db: Queryable,
  projectId: string,
  filter: PendingFilter,
  most: number,
): Promise<number> {
  return countMatching(db, pendingWanted(projectId, filter, most), most)
}

/** What narrows a list of what is pending. */
export type PendingFilter = Pick<
  ApprovalFilter,
  'agent' | 'tool' | 'q' | 'asked' | 'rule' | 'dueWithin' | 'runId' | 'snoozed' | 'cue'
>

/** All that is pending and fits, by deadline. */
export function pendingWanted(projectId: string, filter: PendingFilter, limit: number): Wanted {
  return { projectId, statuses: ['pending'], sort: 'deadline', ...filter, after: undefined, limit }
}

async function findPlaces(db: Queryable, wanted: Wanted): Promise<Walked> {
  const { ids, runId, toolCallId, q } = wanted
  if (ids !== undefined || runId !== undefined) return complete((await foundPlaces(db, wanted, 0)) ?? [])
  if (isByIndex(wanted)) return complete(await firstPlaces(db, wanted))
  if (toolCallId !== undefined || isApprovalName(q ?? '')) {
    const found = await foundPlaces(db, wanted, mostFound)
    if (found) return complete(found)
  }
  const hasIndex = toolCallId === undefined && hasTrigram(q ?? '')
  for (const most of steps) {
    wanted.signal?.throwIfAborted()
    const walked = await matchingPlaces(db, wanted, most)
    if (isDone(wanted, walked) || (!hasIndex && most === mostSteps)) return walked
    if (hasIndex && walked.places.length < most / rare) break
  }
  const found = await foundByText(db, wanted)
  return found ? complete(found) : matchingPlaces(db, wanted, mostSteps)
}

async function foundByText(db: Queryable, wanted: Wanted): Promise<Place[] | undefined> {
  wanted.signal?.throwIfAborted()
  const word = sharpestWord(wanted.q ?? '')
  const found = word === undefined ? undefined : await foundPlaces(db, wanted, mostFound, word)
  wanted.signal?.throwIfAborted()
  return found ?? foundPlaces(db, wanted, mostFound)
}

function complete(places: Place[]): Walked {
  return { places, last: undefined }
}

function isDone(wanted: Wanted, { places, last }: Walked): boolean {
  return places.length === wanted.limit || last === undefined
}

/**
 * The approvals at these places, as many as the page's bytes allow, without those that meanwhile are not what was
 * asked for.
 * @returns `isCutAt` how many of the places are done with
 */
async function recordsAt(
  db: Queryable,
  wanted: Pick<Wanted, 'projectId' | 'statuses'>,
  places: Place[],
  read: ListRead,
): Promise<{ items: ListedRecord[]; isCutAt: number }> {
  if (places.length === 0) return { items: [], isCutAt: 0 }
  const ids = places.map((place) => place.id)
  const found = await findApprovalsOf(db, wanted.projectId, ids, read)
  const records = new Map(found.map((row) => [row.id, row]))
  const beyond = ids.findIndex((id) => records.get(id)?.isWithin === false)
  const isCutAt = beyond < 0 ? ids.length : beyond
  const rows = ids.slice(0, isCutAt).flatMap((id) => records.get(id) ?? [])
  return { items: rows.filter((row) => wanted.statuses.includes(row.status)), isCutAt }
}

function placeAt(list: string, projectId: string, cursor: string): Place {
  const [pending, at = '', id = ''] = decodeCursor(list, projectId, cursor)
  return { id, isPending: pending === '1', at }
}

function cursorAt(list: string, projectId: string, { id, isPending, at }: Place): string {
  return encodeCursor(list, projectId, [isPending ? '1' : '0', at, id])
}
