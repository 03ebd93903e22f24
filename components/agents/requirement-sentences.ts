import type { Policy } from '@/lib/agents/schemas'
import type { Exclusion } from '@/lib/policy/policy'
import { plainText } from '@/lib/untrusted/channels'
import * as say from '@/words/agents/requirement-sentences'
import { timeoutWords } from './timeout-words'

type Entry = Policy['tools'][number]
type Clause = { from: string[]; approvals: number; rejections: number }

/** What an entry demands beyond one reviewer, a sentence each; none where any reviewer may decide alone. */
export function requirementSentences(
  entry: Partial<Omit<Entry, 'tool' | 'when'>>,
  owners: string[],
): string[] {
  const { reviewers, reason, escalate = [], edit, justification, repeat } = entry
  const clauses = reviewers ? ('any_of' in reviewers ? reviewers.any_of : reviewers.all_of) : []
  const named = [...clauses.flatMap(({ from }) => from), ...escalate.flatMap(({ to }) => to)]
  return [
    reviewers && ('any_of' in reviewers ? say.needsAnyOf : say.needsAllOf)(clauses.map(approvalsOf)),
    ...clauses.map(rejectionSentence),
    named.includes('agent:owners') && ownersSentence(owners),
    exclusionSentence(entry),
    reason === 'required' && say.whoDecidesSaysWhy,
    reason === 'on_reject' && say.whoRejectsSaysWhy,
    ...escalate.map(({ after, to }) =>
      say.mayDecideLater(typeof after === 'number' ? timeoutWords(after) : say.ofTheTime(after), either(to)),
    ),
    entry.max_extension !== undefined && extensionSentence(entry.max_extension),
    editSentence(edit),
    justification === 'required' && say.agentSaysWhy,
    repeat === 'refuse' && say.repeatsAreRefused,
  ].filter((sentence) => typeof sentence === 'string')
}

function nameWords(name: string): string {
  return say.roles[name] ?? plainText(name, { singleLine: true })
}

function either(names: string[]): string {
  return say.either(names.map(nameWords))
}

function approvalsOf({ from, approvals }: Clause): string {
  return say.countOf(approvals, either(from))
}

function rejectionSentence({ from, rejections }: Clause): string | false {
  return rejections > 1 && say.toReject(rejections, either(from))
}

function ownersSentence(owners: string[]): string {
  return owners.length > 0 ? say.ownersAre(owners.map(nameWords)) : say.noOwners
}

function exclusionSentence({ exclude = [], self_approval: own }: Partial<Entry>): string | false {
  const kinds = new Set<Exclusion>([...(own === 'never' ? (['initiator'] as const) : []), ...exclude])
  if (kinds.size === 0) return false
  return say.mayNotDecide([...kinds].map((kind) => say.excluded[kind]))
}

function extensionSentence(seconds: number): string {
  return seconds === 0 ? say.noExtension : say.extension(timeoutWords(seconds))
}

function editSentence(edit: Entry['edit']): string | false {
  if (edit === undefined || edit === false) return false
  if (edit === true) return say.anyParamMayChange
  return say.paramsMayChange(edit.map((place) => plainText(place, { singleLine: true })).join(', '))
}
