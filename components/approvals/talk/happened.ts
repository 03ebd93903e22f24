import type { TimelineItem } from '@/lib/approvals/comment-schemas'
import type { Edited } from '@/lib/approvals/schemas'
import { writeJson } from '@/lib/json/write'
import { namesWords } from '@/lib/policy/requirement-words'
import { plainText } from '@/lib/untrusted/channels'
import { spanWords } from '../../ui/duration'

/** One thing that happened: who, what, and what they said about it. */
export type Happened = { at: string; who: string | null; words: string; reason: string | null }

type Item = TimelineItem
type Person = { id: string; label: string | null }

const detailOf = (item: Item) =>
  item.detail as {
    agent?: string
    user?: Person
    how?: 'bell' | 'mail'
    decision?: string
    reason?: string | null
    on_behalf_of?: string
    changes?: Edited['changes']
    by_seconds?: number
    to?: string | string[] | null
    status?: string
    because?: string | null
  }

/** What happened in sentences, in order; those who were told in one go in one of them. */
export function happenedOf(items: readonly Item[]): Happened[] {
  const all: Happened[] = []
  for (let at = 0; at < items.length; at++) {
    const item = items[at]
    if (!item) continue
    if (item.type !== 'told') {
      all.push(happened(item))
      continue
    }
    const told = [item]
    for (let next = items[at + 1]; next?.type === 'told'; next = items[at + 1]) {
      told.push(next)
      at++
    }
    all.push({ at: item.at, who: null, words: toldWords(told), reason: null })
  }
  return all
}

const mostNamed = 4

/** People once each, however they were told. */
function toldWords(told: Item[]): string {
  const names = [...new Set(told.map((item) => nameOf(detailOf(item).user)))]
  const hows = new Set(told.map((item) => detailOf(item).how))
  const shown = names.length > mostNamed ? names.slice(0, mostNamed - 1) : names
  const rest = names.length - shown.length
  const listed = rest > 0 ? [...shown, `${rest} others`] : shown
  const last = listed.length > 1 ? ` and ${listed.at(-1) ?? ''}` : ''
  const people = last === '' ? listed.join() : listed.slice(0, -1).join(', ') + last
  const how = hows.size > 1 ? 'here and by mail' : hows.has('mail') ? 'by mail' : 'here'
  return `${people} told ${how}`
}

function happened(item: Item): Happened {
  const detail = detailOf(item)
  const who = item.actor && nameOf(item.actor)
  const base = { at: item.at, who, reason: detail.reason ?? null }
  switch (item.type) {
    case 'asked':
      return { ...base, who: shown(detail.agent ?? 'The agent'), words: 'asked' }
    case 'voted':
      return { ...base, words: votedWords[detail.decision ?? ''] ?? 'voted' }
    case 'edited':
      return { ...base, words: `changed ${changeWords(detail.changes ?? [])}` }
    case 'extended':
      return { ...base, words: `gave it ${spanWords((detail.by_seconds ?? 0) * 1000)} more` }
    case 'assigned':
      return { ...base, words: assignedWords(item, detail.to) }
    case 'escalated':
      return { ...base, who: null, words: `${shown(namesWords([detail.to ?? []].flat()))} may decide too` }
    case 'expired':
      return { ...base, words: 'Nobody decided in time' }
    case 'cancelled':
      return { ...base, ...withdrawn(who, detail.because) }
    case 'result':
      return { ...base, words: detail.status === 'failed' ? 'It ran and failed' : 'It ran and succeeded' }
    default:
      return { ...base, words: plainWords[item.type] ?? item.type }
  }
}

/** Without a reason it was the agent, who is not known any more once the log has forgotten it. */
function withdrawn(who: string | null, because: string | null | undefined): Pick<Happened, 'who' | 'words'> {
  if (because)
    return { who: null, words: `Withdrawn. ${plainText(because, { singleLine: true, maxCharacters: 300 })}` }
  return { who, words: who === null ? 'Withdrawn' : 'withdrew it' }
}

const votedWords: Record<string, string> = {
  approve: 'approved; more votes are needed',
  reject: 'rejected; others may still approve',
  withdraw: 'took their vote back',
}

const plainWords: Partial<Record<Item['type'], string>> = {
  commented: 'commented',
  approved: 'approved',
  rejected: 'rejected',
  changes_requested: 'asked for changes',
  claimed: 'claimed it',
}

function assignedWords(item: Item, to: string | string[] | null | undefined): string {
  if (!to) return 'handed it back'
  const name = shown([to].flat().join())
  return item.actor?.id === item.detail.user_id ? 'took it' : `gave it to ${name}`
}

const mostChanges = 3

function changeWords(changes: Edited['changes']): string {
  const words = changes.slice(0, mostChanges).map(({ pointer, from, to }) => {
    return `${shown(pointer)} from ${shown(writeJson(from))} to ${shown(writeJson(to))}`
  })
  const rest = changes.length - words.length
  return (rest > 0 ? [...words, `${rest} more`] : words).join(', ') || 'the params'
}

function nameOf(person: Person | undefined): string {
  return shown(person?.label ?? person?.id ?? 'somebody')
}

function shown(text: string): string {
  return plainText(text, { singleLine: true, maxCharacters: 80 })
}
