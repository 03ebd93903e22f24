import { spanWords } from '@/components/ui/duration'
import { namesWords } from '@/lib/policy/requirement-words'

type Detail = Record<string, unknown>
type Words = {
  verb: string
  /** What follows the target. */
  after?: string | undefined
  /** Words of a person's. */
  quote?: unknown
  /** The sentence names no target. */
  isWhole?: boolean
}

const text = (value: unknown) => (typeof value === 'string' || typeof value === 'number' ? String(value) : '')
const list = (value: unknown) => (Array.isArray(value) ? value.map(text).join(', ') : '')

/** Any other is a provider's name. */
const signInWays = new Map([
  ['link', 'by a mailed link'],
  ['operator_link', 'by a link that an operator made'],
  ['invitation', 'by an invitation'],
  ['set_up', 'by the set-up link'],
])

const poolsIn = (value: unknown) =>
  Array.isArray(value) ? value.map((name) => text(namesWords([String(name)]))).join(' and ') : ''

const pointersOf = (changes: unknown) =>
  Array.isArray(changes) ? changes.map((change: { pointer?: unknown }) => change.pointer) : []

function decided(verb: string) {
  return ({ agent, reason, wait_ms: wait }: Detail): Words => ({
    verb,
    after: `for ${text(agent)}${typeof wait === 'number' ? `, ${spanWords(wait)} after it was asked` : ''}`,
    quote: reason,
  })
}

const refused =
  (verb: string) =>
  ({ code }: Detail): Words => ({ verb, after: `(${text(code)})` })

/** What somebody did, by its action: the words before its target and those behind it. */
export const sentences: Record<string, (detail: Detail, isSelf: boolean) => Words> = {
  'approval.approved': decided('approved'),
  'approval.rejected': decided('rejected'),
  'approval.expired': ({ agent }) => ({
    verb: 'let expire',
    after: `for ${text(agent)}: nobody decided before the deadline`,
  }),
  'approval.cancelled': ({ agent, because }) => ({
    verb: 'withdrew',
    after: `of ${text(agent)}${because ? `. ${text(because)}` : ''}`,
  }),
  'approval.denied': ({ agent }) => ({
    verb: 'was refused',
    after: `for ${text(agent)}, without asking: a person rejected the same call`,
  }),
  'approval.edited': ({ agent, changes, reason }) => ({
    verb: 'edited',
    after: `for ${text(agent)}: ${list(pointersOf(changes))}`,
    quote: reason,
  }),
  'approval.voted': ({ decision, agent, reason }) => ({
    verb: decision === 'reject' ? 'voted against' : 'voted for',
    after: `for ${text(agent)}`,
    quote: reason,
  }),
  'approval.vote_withdrawn': ({ reason }) => ({ verb: 'took back the vote on', quote: reason }),
  'approval.changes_requested': decided('asked for changes to'),
  'approval.extended': ({ by_seconds: seconds, reason }) => ({
    verb: 'gave more time to',
    after: typeof seconds === 'number' ? `, ${spanWords(seconds * 1000)}` : '',
    quote: reason,
  }),
  'approval.escalated': ({ to }) => ({ verb: `asked ${poolsIn(to)} too to decide on` }),
  'approval.assigned': ({ to }) => ({
    verb: to ? 'assigned' : 'left to nobody in particular',
    after: to ? `to ${text(to)}` : '',
  }),
  'approval.commented': () => ({ verb: 'commented on' }),
  'approval.overridden': ({ agent, reason }) => ({
    verb: 'broke the glass for',
    after: `for ${text(agent)}, against what its policy demands`,
    quote: reason,
  }),
  'approval.claimed': () => ({ verb: 'claimed the one use of' }),
  'approval.decision_refused': refused('was refused a decision on'),
  'approval.claim_refused': refused('was refused the use of'),
  'approval.bypass_suspected': () => ({ verb: 'told a result of', after: 'without having claimed it' }),
  'run.started': ({ agent }) => ({ verb: 'began the run', after: `of ${text(agent)}` }),
  'run.finished': ({ status }) => ({ verb: 'ended the run', after: `as ${text(status)}` }),
  'agent.deployed': ({ version }) => ({ verb: `deployed version ${text(version)} of` }),
  'agent.deploy_refused': refused('was refused a deploy of'),
  'agent.paused': ({ reason }) => ({ verb: 'paused the agent', quote: reason }),
  'agent.resumed': ({ reason }) => ({ verb: 'let go on the agent', quote: reason }),
  'member.invited': ({ role }) => ({ verb: 'invited', after: `as ${text(role)}` }),
  'member.joined': ({ role }, isSelf) =>
    isSelf
      ? { verb: `joined as ${text(role)}`, isWhole: true }
      : { verb: 'added', after: `as ${text(role)}` },
  'member.role_changed': ({ from, to }) => ({
    verb: 'changed the role of',
    after: `from ${text(from)} to ${text(to)}`,
  }),
  'member.removed': (_, isSelf) =>
    isSelf ? { verb: 'left the project', isWhole: true } : { verb: 'removed' },
  'member.absence_set': ({ until }, isSelf) =>
    isSelf
      ? { verb: `will be away until ${text(until)}`, isWhole: true }
      : { verb: 'said when to expect back', after: `: ${text(until)}` },
  'member.absence_cleared': (_, isSelf) =>
    isSelf ? { verb: 'is not away', isWhole: true } : { verb: 'called off the absence of' },
  'group.created': () => ({ verb: 'made the group' }),
  'group.updated': () => ({ verb: 'changed the group' }),
  'group.deleted': () => ({ verb: 'deleted the group' }),
  'group.member_added': ({ email }) => ({ verb: `took ${text(email)} into the group` }),
  'group.member_removed': ({ email }) => ({ verb: `took ${text(email)} out of the group` }),
  'view.created': () => ({ verb: 'saved for everybody the view' }),
  'view.updated': () => ({ verb: 'changed the view' }),
  'view.deleted': () => ({ verb: 'deleted the view' }),
  'session.created': ({ way }, isSelf) => {
    const by = signInWays.get(text(way)) ?? `with ${text(way)}`
    return isSelf ? { verb: `signed in ${by}`, isWhole: true } : { verb: 'signed in', after: by }
  },
  'link.created': () => ({ verb: 'made a sign-in link for' }),
  'key.created': ({ scopes }) => ({ verb: 'made the key', after: scopes ? `for ${list(scopes)}` : '' }),
  'key.revoked': ({ because }) => ({ verb: 'revoked the key', after: because ? `(${text(because)})` : '' }),
  'key.refused': ({ because }) => ({ verb: 'was refused with the key', after: `(${text(because)})` }),
  'webhook.created': ({ host }) => ({ verb: 'made the webhook', after: `to ${text(host)}` }),
  'webhook.updated': () => ({ verb: 'changed the webhook' }),
  'webhook.rotated': () => ({ verb: 'gave a new secret to the webhook' }),
  'webhook.disabled': ({ reason }) => ({ verb: 'switched off the webhook', after: `. ${text(reason)}` }),
  'webhook.deleted': () => ({ verb: 'deleted the webhook' }),
  'webhook.tested': () => ({ verb: 'sent a test to the webhook' }),
  'webhook.redelivered': ({ type }) => ({ verb: `sent ${text(type)} again to the webhook` }),
  'project.created': () => ({ verb: 'made the project' }),
  'project.updated': () => ({ verb: 'changed the settings of' }),
  'project.paused': ({ reason }) => ({ verb: 'paused the project', quote: reason }),
  'project.resumed': ({ reason }) => ({ verb: 'let go on the project', quote: reason }),
  'project.archived': () => ({ verb: 'archived the project' }),
  'project.unarchived': () => ({ verb: 'opened the project again' }),
  'audit.exported': ({ format }) => ({ verb: `exported the audit log as ${text(format)}`, isWhole: true }),
  'audit.pruned': () => ({ verb: 'deleted what is older than the audit log is kept', isWhole: true }),
  'audit.erased': ({ entry_ids: ids, reason }) => ({
    verb: `erased what ${Array.isArray(ids) ? ids.length : 'some'} entries said`,
    quote: reason,
    isWhole: true,
  }),
}
