import { editWords } from '@/lib/approvals/edited'
import { needsAndProgressOf } from '@/lib/approvals/needs'
import type { Approval } from '@/lib/approvals/schemas'
import { writeJson } from '@/lib/json/write'
import { plainText } from '@/lib/untrusted/channels'
import { showValue } from '@/lib/untrusted/params'
import type { EventMessage, WebhookMessage } from './message'
import type { ApprovalEvent } from './names'

/** How much of a call a card takes: characters of one value, and number of params. */
export type CardRoom = { value: number; params: number }

/** One line of a card; all texts are plain, on one line, and to be escaped by the channel. */
export type CardLine = { name: string; value: string }

export type Card = {
  /** Where the approval stands, for the reader of this card. */
  state: Approval['status']
  /** What that is called. */
  heading: string
  tool: string
  /** Both in one line. */
  title: string
  facts: CardLine[]
  /** What is to be noted, policy's and agent's words. */
  notes: CardLine[]
  paramsTitle: string
  /** `name` is the argument's own, `type` that of its value. */
  params: (CardLine & { type: string })[]
  /** Says what is left out; null where all is there. */
  omission: string | null
  digest: string
  link: string
}

const headings: Record<Approval['status'], string> = {
  pending: 'Approval needed',
  approved: 'Approved',
  rejected: 'Rejected',
  expired: 'Expired, nobody decided',
  cancelled: 'Withdrawn',
}

/** What an event says of itself, where that is not what the approval became. */
const ownHeadings: Partial<Record<ApprovalEvent, string>> = {
  'approval.edited': 'Params changed',
  'approval.escalated': 'Others may decide too',
  'approval.overridden': 'Approved by break-glass',
}

const endOf: Partial<Record<ApprovalEvent, Approval['status']>> = {
  'approval.approved': 'approved',
  'approval.rejected': 'rejected',
  'approval.expired': 'expired',
  'approval.cancelled': 'cancelled',
  'approval.overridden': 'approved',
}

/**
 * What every chat format says of an approval, with head, tail and count of what is long: values by
 * `room.value` characters (a note of what is cut comes on top), params by the first two thirds and the last third
 * of `room.params`.
 */
export function cardOf({ approval, type, cues = [] }: EventMessage, room: CardRoom): Card {
  const entries = Object.entries(approval.params)
  const { kept, omitted } = headAndTail(entries, room.params)
  const show = (text: string) => isolate(plainText(text, { maxCharacters: room.value, singleLine: true }))
  // A card that is first sent when somebody has decided must not call for a decision.
  const state = endOf[type] ?? approval.status
  const heading = ownHeadings[type] ?? headings[state]
  const tool = show(approval.tool)
  return {
    state,
    heading,
    tool,
    title: `${heading}: ${tool}`,
    facts: factsOf(approval, show),
    notes: [
      ...(cues.length === 0 || state !== 'pending'
        ? []
        : [{ name: 'To note', value: show(cues.join(' · ')) }]),
      ...(approval.edited === null ? [] : [{ name: 'Changed', value: show(editWords(approval.edited)) }]),
      ...(approval.message === null ? [] : [{ name: 'Policy', value: show(approval.message) }]),
      ...(approval.description === null
        ? []
        : [{ name: 'The agent says', value: show(approval.description) }]),
      ...(approval.decision?.reason ? [{ name: 'Reason', value: show(approval.decision.reason) }] : []),
    ],
    paramsTitle: entries.length === 1 ? '1 param' : `${entries.length} params`,
    params: kept.map(([name, value]) => {
      const shown = showValue(value, { maxCharacters: room.value, singleLine: true })
      const text = shown.value.parts.map((part) => part.text).join('')
      return { name: show(name), value: isolate(text), type: shown.type }
    }),
    omission: omissionOf(approval, omitted),
    digest: approval.digest,
    link: approval.url,
  }
}

function factsOf(approval: Approval, show: (text: string) => string): CardLine[] {
  const { rule, decision } = approval
  const ways = { always: 'always asks', true: 'is true', unevaluable: 'cannot be evaluated' }
  const condition = rule.condition === null ? '' : ` ${rule.condition}`
  return [
    { name: 'Agent', value: show(approval.agent) },
    { name: 'Run', value: show(approval.run_id) },
    { name: 'Rule', value: `${show(`${rule.tool}:${condition}`)} ${ways[rule.outcome]}` },
    ...(approval.status === 'pending' && approval.requirement !== null
      ? [{ name: 'Who decides', value: show(needsAndProgressOf(approval)) }]
      : []),
    ...(approval.status === 'pending' ? [{ name: 'Deadline', value: minuteOf(approval.expires_at) }] : []),
    ...(decision
      ? [{ name: 'Decided by', value: show(decision.reviewer.name ?? decision.reviewer.email) }]
      : []),
    ...(decision ? [{ name: 'Decided at', value: minuteOf(decision.at) }] : []),
  ]
}

function omissionOf(approval: Approval, omitted: number): string | null {
  if (omitted === 0) return null
  const length = writeJson(approval.params).length
  const what = omitted === 1 ? '1 param is' : `${omitted} params are`
  return `⟨${what} not shown here; all of them have ${length} characters as JSON⟩`
}

function headAndTail<T>(items: T[], most: number): { kept: T[]; omitted: number } {
  if (items.length <= most) return { kept: items, omitted: 0 }
  const head = Math.ceil((most * 2) / 3)
  const tail = most - head
  return {
    kept: [...items.slice(0, head), ...(tail > 0 ? items.slice(-tail) : [])],
    omitted: items.length - most,
  }
}

/** `YYYY-MM-DD HH:MM UTC`, as in mails. */
function minuteOf(moment: string): string {
  return `${moment.slice(0, 10)} ${moment.slice(11, 16)} UTC`
}

const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u

/** Keeps right-to-left letters from reordering what stands beside them (UAX 9). */
function isolate(shown: string): string {
  return rightToLeft.test(shown) ? `\u2068${shown}\u2069` : shown
}

/** At most so many UTF-16 units, which is how the services count at the strictest; cut between characters. */
export function fit(text: string, units: number): string {
  if (text.length <= units) return text
  let cut = text.slice(0, units - 1)
  if (/[\ud800-\udbff]$/.test(cut)) cut = cut.slice(0, -1)
  return `${cut}…`
}

/**
 * The fullest message that a service takes.
 * @param rooms from the largest to one that always fits
 * @throws Error where none fits
 */
export function fullest<T>(rooms: CardRoom[], make: (room: CardRoom) => T, fits: (made: T) => boolean): T {
  for (const room of rooms) {
    const made = make(room)
    if (fits(made)) return made
  }
  throw new Error('No card of this approval is small enough for the service.')
}

/** A message without an approval: a title, a sentence and a link, in every chat format. */
export type PlainCard = { title: string; words: string; url: string; label: string }

/** What a test or a pause says; plain text, to be escaped by the channel. */
export function plainCardOf(message: Exclude<WebhookMessage, EventMessage>): PlainCard {
  const short = (text: string) => isolate(plainText(text, { maxCharacters: 300, singleLine: true }))
  if (message.type === 'webhook.test') {
    const { name, url } = message.webhook
    const words = `Test of the webhook ${short(name)}: it works, and nothing waits for you.`
    return { title: 'Test', words, url, label: 'Open Holdpoint' }
  }
  const { agent, by, reason, url } = message.pause
  const what = agent === null ? 'everything in the project' : short(agent)
  const isPaused = message.type === 'agent.paused'
  const did = isPaused ? `paused ${what}: nothing of it is released.` : `let ${what} go on.`
  const why = reason === null ? '' : ` “${short(reason)}”`
  return {
    title: isPaused ? 'Paused' : 'Goes on',
    words: `${short(by)} ${did}${why}`,
    url,
    label: agent === null ? 'Open the project' : 'Open the agent',
  }
}
