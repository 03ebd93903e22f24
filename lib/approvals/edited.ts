import type { ApprovalRecord } from '@/db/queries/approvals'
import type { VoteRecord } from '@/db/queries/voting'
import { readJson } from '@/lib/json/read'
import { writeJson } from '@/lib/json/write'
import { changesBetween, type Change } from '@/lib/policy/edits/changes'
import { readTerms } from '@/lib/policy/terms-text'
import type { Editable, Edited } from './schemas'

type Known = Pick<ApprovalRecord, 'digest' | 'more'>

const object = (text: string) => readJson(text) as Record<string, unknown>

/** What a reviewer changed of a call; null where the params are those that were requested. */
export function editedToWire({ digest, more }: Known): Edited | null {
  const { requested, votes = [] } = more ?? {}
  const edit = votes.findLast((vote) => vote.isEdit && vote.digest === digest)
  if (!requested || !edit) return null
  return {
    requested_params: object(requested.params),
    requested_digest: requested.digest,
    by: editorToWire(edit),
    editors: [
      ...new Map(votes.filter(({ isEdit }) => isEdit).map((vote) => [vote.reviewerId, vote])).values(),
    ].map(editorToWire),
    at: new Date(edit.at).toISOString(),
    reason: edit.reason,
    changes: changesBetween(object(requested.params), object(requested.edited)).map(
      ({ path: _path, ...change }) => change,
    ),
  }
}

const editorToWire = ({ reviewerId: id, reviewerName: name, reviewerEmail: email }: VoteRecord) => ({
  id,
  name,
  email,
})

/** What may be changed of a call that is pending; null where nothing may be. */
export function editableToWire({
  status,
  terms,
  more,
}: Pick<ApprovalRecord, 'status' | 'terms' | 'more'>): Editable | null {
  const places = status === 'pending' ? readTerms(terms)?.edit : undefined
  if (places === undefined) return null
  return { places, schema: more?.paramsSchema ? object(more.paramsSchema) : null }
}

const mostNamed = 5
const mostCharacters = 80

/** Who changed what, for the agent: "Ann Lee changed /amount from 2400 to 1200". */
export function editWords({ editors, changes }: Edited): string {
  const named = changes.slice(0, mostNamed).map(changeWords)
  const more = changes.length - named.length
  const who = editors.map(({ name, email }) => name ?? email).join(' and ')
  return `${who} ${[...named, ...(more > 0 ? [`changed ${more} more`] : [])].join(', ')}`
}

function changeWords(change: Change): string {
  const { pointer } = change
  if (!('from' in change)) return `added ${pointer} as ${valueWords(change.to)}`
  if (!('to' in change)) return `removed ${pointer}`
  return `changed ${pointer} from ${valueWords(change.from)} to ${valueWords(change.to)}`
}

function valueWords(value: unknown): string {
  const characters = [...writeJson(value)]
  return characters.length > mostCharacters
    ? `${characters.slice(0, mostCharacters - 1).join('')}…`
    : characters.join('')
}
