import type { Policy } from '@/lib/agents/schemas'
import type { Exclusion } from '@/lib/policy/policy'
import { plainText } from '@/lib/untrusted/channels'
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
    reviewers && `${needs(clauses, 'any_of' in reviewers ? ' or ' : ' and ')}.`,
    ...clauses.map(rejectionSentence),
    named.includes('agent:owners') && ownersSentence(owners),
    exclusionSentence(entry),
    reason === 'required' && 'Whoever decides has to say why.',
    reason === 'on_reject' && 'Whoever rejects has to say why.',
    ...escalate.map(
      ({ after, to }) =>
        `After ${typeof after === 'number' ? timeoutWords(after) : `${after} of the time`} ${either(to)} may decide too.`,
    ),
    entry.max_extension !== undefined && extensionSentence(entry.max_extension),
    editSentence(edit),
    justification === 'required' && 'The agent has to say why it asks.',
    repeat === 'refuse' && 'What a person rejected is refused when the run asks for the same again.',
  ].filter((sentence) => typeof sentence === 'string')
}

const roleWords: Record<string, string> = {
  'role:reviewer': 'the reviewers',
  'role:admin': 'the admins',
  'role:owner': 'the project’s owners',
  'agent:owners': 'the agent’s owners',
}

function nameWords(name: string): string {
  return roleWords[name] ?? plainText(name, { singleLine: true })
}

function either(names: string[]): string {
  return names.map(nameWords).join(' or ')
}

function needs(clauses: Clause[], joint: string): string {
  const parts = clauses.map(({ from, approvals }) => `${approvals} of ${either(from)}`)
  const isShared = joint === ' and ' && parts.length > 1
  return `Needs ${parts.join(`,${joint}`)}${isShared ? ', nobody twice' : ''}`
}

function rejectionSentence({ from, rejections }: Clause): string | false {
  return rejections > 1 && `It takes ${rejections} of ${either(from)} to reject.`
}

function ownersSentence(owners: string[]): string {
  return owners.length > 0
    ? `The agent’s owners are ${owners.map(nameWords).join(' and ')}.`
    : 'The agent has no owners: the file names none.'
}

const exclusionWords: Record<Exclusion, string> = {
  initiator: 'whoever the run acts for',
  deployer: 'whoever deployed this version',
  editor: 'whoever changed the params',
  key_creator: 'whoever made the agent’s key',
}

function exclusionSentence({ exclude = [], self_approval: own }: Partial<Entry>): string | false {
  const kinds = new Set<Exclusion>([...(own === 'never' ? (['initiator'] as const) : []), ...exclude])
  if (kinds.size === 0) return false
  return `May not decide: ${[...kinds].map((kind) => exclusionWords[kind]).join(', ')}.`
}

function extensionSentence(seconds: number): string {
  return seconds === 0
    ? 'The deadline cannot be moved.'
    : `The deadline can be moved by ${timeoutWords(seconds)} in all.`
}

function editSentence(edit: Entry['edit']): string | false {
  if (edit === undefined || edit === false) return false
  if (edit === true) return 'A reviewer may change any param before approving.'
  return `A reviewer may change ${edit.map((place) => plainText(place, { singleLine: true })).join(', ')} before approving.`
}
