import type { Reading } from './statement'

/*
 * What a credential opens now, as conditions of SQL: for statements that act by it, for looks, and for those who
 * wait. Whoever acts locks what opens it, so that a withdrawal that was acknowledged is known to what comes after it.
 */

/** A key that is neither revoked nor past its day. */
export const liveKey = (k: string) =>
  `${k}.revoked_at is null and (${k}.expires_at is null or ${k}.expires_at > clock_timestamp())`

/** A browser session that has not ended. */
export const liveSession = (s: string) => `${s}.expires > clock_timestamp()`

/** A member who has joined. */
export const joinedMember = (m: string) => `${m}.joined_at is not null`

/** What shows by what right a statement acts, as columns of its items; all null for Holdpoint itself. */
export const credentialColumns = {
  key_id: 'text',
  session_token: 'text',
  person_id: 'text',
  /** Scopes of which a key has to have one, or roles of which its person has to have one. */
  may: 'text[]',
}

const isStale = `(k.last_used_at is null or k.last_used_at < now() - interval '60 seconds')`
/** Found by its own id; `is true` keeps a planner that knows no figures yet from walking the whole project. */
const isTheKey = 'k.id = item.key_id and (k.project_id = item.project_id) is true'
const isTheMember = `m.project_id = item.project_id and m.user_id = item.person_id and ${joinedMember('m')}
    and m.role::text = any(item.may)`

/**
 * Those rows of `item` whose `key_id` is an agent key of `project_id` with the scope, with `is_stale`
 * where its use is to be noted again (`noteUse`); what it takes to ask and to record, which nobody waits in.
 */
export const itemsOfKeys = (
  { hand }: Reading,
  scope: string,
  lock = '',
) => `select ${hand('item')}, may.is_stale from item cross join lateral (
    select ${isStale} as is_stale from keys k
    where ${isTheKey} and k.kind = 'agent' and '${scope}' = any(k.scopes) and ${liveKey('k')} ${lock || 'offset 0'}) may`

/** The same, and the keys are locked until the transaction ends, as by `itemsThatMay`. */
export const itemsOfLockedKeys = (of: Reading, scope: string) =>
  itemsOfKeys(of, scope, 'for share of k skip locked')

/** Of what kind the credential is that a statement acts by; Holdpoint itself has none. */
export type CredentialKind = 'agent key' | 'personal token' | 'session' | 'holdpoint'

/** The kind of what `credentialColumns` show. */
export function credentialKind(item: {
  key_id: unknown
  session_token: unknown
  person_id: unknown
}): CredentialKind {
  if (item.key_id !== null) return item.person_id === null ? 'agent key' : 'personal token'
  if (item.session_token !== null) return 'session'
  if (item.person_id !== null) throw new Error('A person acts by a key or a session.')
  return 'holdpoint'
}

const whatOpens: Record<Exclude<CredentialKind, 'holdpoint'>, string> = {
  'agent key': `select 1 from keys k
    where ${isTheKey} and k.kind = 'agent' and k.scopes && item.may and ${liveKey('k')}
    for share of k skip locked`,
  'personal token': `select 1 from keys k join members m on m.user_id = k.user_id
    where ${isTheKey} and k.kind = 'personal' and ${liveKey('k')} and ${isTheMember}
    for share of k, m skip locked`,
  session: `select 1 from sessions s join members m on m.user_id = s.user_id
    where s.session_token = item.session_token and ${liveSession('s')} and ${isTheMember}
    for share of s, m skip locked`,
}

/**
 * Those rows of the relation `from`, which is called `item`, with `credentialColumns` of one kind and `project_id`, that
 * may act. What opens them is locked until the transaction ends, so that whoever withdraws it waits for the act; where
 * it is just being withdrawn, the row is left alone.
 */
export const itemsThatMay = ({ hand }: Reading, from: string, kind: CredentialKind) =>
  kind === 'holdpoint'
    ? `select ${hand('item')} from ${from}`
    : `select ${hand('item')} from ${from} cross join lateral (
    ${whatOpens[kind]}) may`

/** What several credentials are: none, keys alone, or browser sessions too. */
export type CredentialsKind = 'none' | 'keys' | 'any'

/** Of what kind several credentials are, by what `credentialsThatOpen` takes. */
export function kindOfCredentials(ids: string[]): CredentialsKind {
  if (ids.length === 0) return 'none'
  return ids.every((id) => id.startsWith('key_')) ? 'keys' : 'any'
}

/**
 * Which of several credentials (ids of keys, hashes of session tokens) still open anything in a project, for a
 * statement that answers who waits.
 * @param ids an array of them
 * @param kind what they are; PostgreSQL pays for the other, needed or not
 */
export const credentialsThatOpen = (
  ids: string,
  projectId: string,
  kind: Exclude<CredentialsKind, 'none'> = 'any',
) =>
  kind === 'keys' ? keysThatOpen(ids) : `${keysThatOpen(ids)} union all ${sessionsThatOpen(ids, projectId)}`

const keysThatOpen = (ids: string) => `
  select k.id from keys k
  left join members m on m.project_id = k.project_id and m.user_id = k.user_id and ${joinedMember('m')}
  where k.id = any(${ids}::text[]) and ${liveKey('k')} and (k.kind = 'agent' or m.user_id is not null)`

const sessionsThatOpen = (ids: string, projectId: string) => `
  select s.session_token from sessions s cross join lateral (
    select 1 from members m where m.project_id = ${projectId} and m.user_id = s.user_id and ${joinedMember('m')} offset 0) may
  where s.session_token = any(${ids}::text[]) and ${liveSession('s')}`
