import type { TimelineItem } from '@/lib/approvals/comment-schemas'
import type { Edited } from '@/lib/approvals/schemas'
import { writeJson } from '@/lib/json/write'
import { namesWords } from '@/lib/policy/requirement-words'
import { plainText } from '@/lib/untrusted/channels'
import * as say from '@/words/approvals/talk/happened'
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
    override?: boolean
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
  const how = hows.size > 1 ? 'both' : hows.has('mail') ? 'mail' : 'bell'
  return say.told[how](say.listOf(rest > 0 ? [...shown, say.others(rest)] : shown))
}

function happened(item: Item): Happened {
  const detail = detailOf(item)
  const who = item.actor && nameOf(item.actor)
  const base = { at: item.at, who, reason: detail.reason ?? null }
  switch (item.type) {
    case 'asked':
      return { ...base, who: shown(detail.agent ?? say.theAgent), words: say.asked }
    case 'voted':
      return { ...base, words: votedWords[detail.decision ?? ''] ?? say.voted }
    case 'approved':
      return { ...base, words: detail.override ? say.approvedByBreakGlass : say.approved }
    case 'edited':
      return { ...base, words: say.changed(changeWords(detail.changes ?? [])) }
    case 'extended':
      return { ...base, words: say.gaveMoreTime(spanWords((detail.by_seconds ?? 0) * 1000)) }
    case 'assigned':
      return { ...base, words: assignedWords(item, detail.to) }
    case 'escalated':
      return { ...base, who: null, words: say.mayDecideToo(shown(namesWords([detail.to ?? []].flat()))) }
    case 'expired':
      return { ...base, words: say.nobodyDecidedInTime }
    case 'cancelled':
      return { ...base, ...withdrawn(who, detail.because) }
    case 'result':
      return { ...base, words: detail.status === 'failed' ? say.itRanAndFailed : say.itRanAndSucceeded }
    default:
      return { ...base, words: plainWords[item.type] ?? item.type }
  }
}

/** Without a reason it was the agent, who is not known any more once the log has forgotten it. */
function withdrawn(who: string | null, because: string | null | undefined): Pick<Happened, 'who' | 'words'> {
  if (because)
    return {
      who: null,
      words: say.withdrawnBecause(plainText(because, { singleLine: true, maxCharacters: 300 })),
    }
  return { who, words: who === null ? say.withdrawn : say.withdrewIt }
}

const votedWords: Record<string, string> = {
  approve: say.approvedMoreNeeded,
  reject: say.rejectedOthersMay,
  withdraw: say.tookVoteBack,
}

const plainWords: Partial<Record<Item['type'], string>> = {
  commented: say.commented,
  rejected: say.rejected,
  changes_requested: say.askedForChanges,
  claimed: say.claimedIt,
}

function assignedWords(item: Item, to: string | string[] | null | undefined): string {
  if (!to) return say.handedItBack
  const name = shown([to].flat().join())
  return item.actor?.id === item.detail.user_id ? say.tookIt : say.gaveItTo(name)
}

const mostChanges = 3

function changeWords(changes: Edited['changes']): string {
  const words = changes.slice(0, mostChanges).map(({ pointer, from, to }) => {
    return say.changedFromTo(shown(pointer), shown(writeJson(from)), shown(writeJson(to)))
  })
  const rest = changes.length - words.length
  return (rest > 0 ? [...words, say.countMore(rest)] : words).join(', ') || say.theParams
}

function nameOf(person: Person | undefined): string {
  return shown(person?.label ?? person?.id ?? say.somebody)
}

function shown(text: string): string {
  return plainText(text, { singleLine: true, maxCharacters: 80 })
}
