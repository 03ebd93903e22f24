import { plainText } from '@/lib/untrusted/channels'
import { showText } from '@/lib/untrusted/show'
import type { ContextRecord, DecidedCall } from '@/db/queries/approval-context'
import { isNumeric, isSame, type Numeric, type Values } from './compare'
import type { CueKind } from './cue-filter'
import type { Cue } from './schemas'

/** A decided call with its values. */
export type Precedent = DecidedCall & { values: Values }

export type Facts = Pick<ContextRecord, 'asked' | 'run'> & {
  values: Values
  /** Whom it takes, where too few of them are there. */
  lack: string | null
  /** Newest first. */
  precedents: readonly Precedent[]
}

const mostCues = 4
/** From fewer calls nothing is said about what is usual. */
export const fewest = 5
const mostMinutesOfPolicy = 60
const fewestInMinute = 3

/**
 * What a reviewer should not overlook, each a sentence that the record proves, the weightiest first: no score, and
 * no advice. At most four.
 */
export function cuesOf(facts: Facts): Cue[] {
  return allCuesOf(facts).slice(0, mostCues)
}

/** The kinds of all that are of the request itself, as lists are narrowed by them. */
export function kindsOf(facts: Omit<Facts, 'lack'>): CueKind[] {
  return allCuesOf({ ...facts, lack: null }).map(({ kind }) => kind)
}

function allCuesOf(facts: Facts): Cue[] {
  return ways.flatMap((way) => way(facts))
}

type Way = (facts: Facts) => Cue[]

const ways: Way[] = [
  unreachable,
  unevaluable,
  hidden,
  rejectedBefore,
  repeats,
  allRows,
  highest,
  newValue,
  changedPolicy,
  manyInMinute,
  claimsApproval,
]

const cue = (kind: Cue['kind'], text: string, more: Partial<Cue> = {}): Cue => ({
  kind,
  text,
  param: null,
  approval_id: null,
  at: null,
  ...more,
})

const short = (text: string) => plainText(text, { maxCharacters: 160, singleLine: true })

function unreachable({ lack }: Facts): Cue[] {
  return lack === null ? [] : [cue('unreachable', `Nobody can decide: it takes ${short(lack)}`)]
}

function unevaluable({ asked }: Facts): Cue[] {
  if (asked.ruleOutcome !== 'unevaluable') return []
  const why = asked.ruleDetail === null ? '' : `: ${short(asked.ruleDetail)}`
  return [cue('unevaluable', `The rule’s condition could not be evaluated${why}`)]
}

/** The first value in which something cannot be seen or passes for something else. */
function hidden({ values }: Facts): Cue[] {
  for (const [path, value] of values) {
    const shown = [path, ...(typeof value === 'string' ? [value] : [])].map((text) => showText(text))
    const param = { param: path }
    if (shown.some(({ hasInvisible }) => hasInvisible))
      return [cue('hidden_characters', `${short(path)} holds characters that cannot be seen`, param)]
    if (shown.some(({ hasMixedScripts }) => hasMixedScripts))
      return [cue('hidden_characters', `${short(path)} mixes letters that look alike`, param)]
  }
  return []
}

function rejectedBefore({ asked, precedents }: Facts): Cue[] {
  const last = precedents.find(
    ({ status, digest, reviewer }) => status === 'rejected' && reviewer !== null && digest === asked.digest,
  )
  if (!last) return []
  const why = last.reason?.trim() ? `: “${short(last.reason.trim())}”` : ''
  const evidence = { approval_id: last.id, at: new Date(last.resolvedAt).toISOString() }
  return [cue('rejected_before', `${short(nameOf(last))} rejected the same call${why}`, evidence)]
}

/** A call as it was asked for before, where a person had it changed: the agent asks for the original again. */
function repeats({ asked, precedents }: Facts): Cue[] {
  const last = precedents.find(({ requestedDigest }) => requestedDigest === asked.digest)
  if (!last) return []
  const by = last.status === 'approved' ? `, and approved by ${short(nameOf(last))}` : ''
  const evidence = { approval_id: last.id, at: new Date(last.resolvedAt).toISOString() }
  return [cue('repeats', `The same call was asked for before; it was changed${by}`, evidence)]
}

const nameOf = ({ reviewer }: Precedent) => reviewer?.name ?? reviewer?.email ?? 'a reviewer'

/** Statements of SQL, each by itself, that change or empty a whole table. */
function allRows({ values }: Facts): Cue[] {
  for (const [path, value] of values) {
    if (typeof value !== 'string') continue
    for (const statement of value.replace(/--.*$|\/\*[^]*?\*\//gm, ' ').split(';')) {
      const found = wholeTable.find(({ says }) => says.test(statement))
      if (!found || (found.isBounded && /\bwhere\b/i.test(statement))) continue
      const text = `${short(path)} has ${found.name}${found.isBounded ? ' without WHERE: all rows' : ''}`
      return [cue('all_rows', text, { param: path })]
    }
  }
  return []
}

/** How such a statement begins; a sentence such as “Update: your parcel” does not. */
const wholeTable = [
  { name: 'DELETE FROM', says: /^\s*delete\s+from\s+\S+/i, isBounded: true },
  { name: 'UPDATE', says: /^\s*update\s+\S+\s+set\s/i, isBounded: true },
  { name: 'TRUNCATE', says: /^\s*truncate\s+table\s+\S+/i, isBounded: false },
  { name: 'DROP', says: /^\s*drop\s+(?:table|schema|database)\s+\S+/i, isBounded: false },
]

/** Those on which a person decided; none where one of them is too long to compare, for it may say the contrary. */
function comparable(precedents: readonly Precedent[]): readonly Precedent[] {
  const decided = precedents.filter(({ status }) => status !== 'expired')
  return decided.some(({ params }) => params === null) ? [] : decided
}

function highest({ values, precedents }: Facts): Cue[] {
  for (const [path, value] of values) {
    if (!isNumeric(value) || isName(path)) continue
    const others = numbersAt(comparable(precedents), path)
    if (others.length < fewest || new Set(others.map(({ value: one }) => one)).size < 2) continue
    const top = others.reduce((most, one) => (one.value > most.value ? one : most))
    if (value <= top.value) continue
    const text = `${short(path)} is higher than in all ${others.length} earlier calls that it was compared with`
    return [cue('highest', text, { param: path, approval_id: top.id, at: new Date(top.at).toISOString() })]
  }
  return []
}

/** Whether a path is called as ids are: a number there names something, and being high says nothing. */
export const isName = (path: string) =>
  /(?:^|[^\p{L}\p{N}])ids?$|\p{Ll}Ids?$/u.test(path) || /\p{L}ID$/u.test(path)

/** The numbers that earlier calls had at a path. */
export function numbersAt(precedents: readonly Precedent[], path: string) {
  return precedents.flatMap(({ id, status, values, resolvedAt }) => {
    const value = values.get(path)
    return isNumeric(value) ? [{ id, status, value: value as Numeric, at: resolvedAt }] : []
  })
}

/** A text that is one of a few in earlier approved calls, such as a recipient, and here is none of them. */
function newValue({ values, precedents }: Facts): Cue[] {
  const approved = comparable(precedents).filter(({ status }) => status === 'approved')
  for (const [path, value] of values) {
    if (typeof value !== 'string') continue
    const others = approved.flatMap((one) => (one.values.has(path) ? [one.values.get(path)] : []))
    const different = new Set(others)
    // Where hardly any two are the same, such as ids, a new one says nothing.
    if (others.length < fewest || different.size > others.length / 2) continue
    if ([...different].some((one) => isSame(one, value))) continue
    const text = `${short(path)} is new: none of ${others.length} approved calls that it was compared with has this value`
    return [cue('new_value', text, { param: path })]
  }
  return []
}

function changedPolicy({ asked }: Facts): Cue[] {
  if (asked.policyAt === null) return []
  const minutes = Math.floor((Date.parse(asked.requestedAt) - Date.parse(asked.policyAt)) / 60_000)
  if (minutes < 0 || minutes > mostMinutesOfPolicy) return []
  const before = minutes === 0 ? 'less than a minute' : minutes === 1 ? 'a minute' : `${minutes} minutes`
  const text = `The agent’s policy was changed ${before} before this request (version ${asked.policyVersion})`
  return [cue('changed_policy', text, { at: new Date(asked.policyAt).toISOString() })]
}

function manyInMinute({ run }: Facts): Cue[] {
  if (run.inMinute < fewestInMinute) return []
  return [cue('many_in_a_minute', `${run.inMinute} requests of this run within a minute`)]
}

function claimsApproval({ asked, values }: Facts): Cue[] {
  const claims = /\b(?:pre-?)?approved\b|\bapproval\b|\bauthori[sz](?:ed|ation)\b|\bsigned off\b/i
  const said = asked.description !== null && claims.test(asked.description)
  const inValue = [...values].find(
    ([path, value]) => typeof value === 'string' && claims.test(value) && !/^(status|state)$/.test(path),
  )
  if (!said && !inValue) return []
  const where = said ? 'The agent’s own words speak' : `${short(inValue?.[0] ?? '')} speaks`
  return [
    cue(
      'claims_approval',
      `${where} of an approval: nothing of it is on record here`,
      said ? {} : { param: inValue?.[0] ?? null },
    ),
  ]
}
