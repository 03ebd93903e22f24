/** Prefix of each kind of id on the wire. */
export const idPrefixes = {
  approval: 'apr',
  run: 'run',
  agent: 'agt',
  key: 'key',
  webhook: 'whk',
  delivery: 'dlv',
  audit: 'aud',
  user: 'usr',
  project: 'prj',
  step: 'stp',
  invitation: 'inv',
  notice: 'ntc',
  mail: 'mai',
  policyVersion: 'ver',
  decision: 'dec',
  group: 'grp',
  absence: 'abs',
  comment: 'cmt',
  question: 'qst',
  batch: 'bat',
  grant: 'gra',
  limit: 'lim',
  toolSet: 'tls',
  freeze: 'frz',
  release: 'rel',
  passkey: 'pky',
  chatIdentity: 'chi',
  drain: 'dra',
  erasure: 'era',
  proposal: 'prp',
  view: 'viw',
  push: 'psh',
} as const

export type IdKind = keyof typeof idPrefixes

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

/** The millisecond of the latest id, and what stands behind its time. */
let latest = { at: 0, place: 0 }

/**
 * A new id: prefix, `_`, and 26 characters of Crockford base 32 in the layout of a ULID: 48 bits of milliseconds since
 * 1970, then 80 bits, of which the first 40 begin at random in each millisecond and count on within it, and the last 40
 * are random. Later ids of a process sort after earlier ones, also within a millisecond and where the clock was set
 * back, so that lists whose times are equal stand in the order in which things came, and index inserts stay at the
 * right edge.
 */
export function newId(kind: IdKind): string {
  const random = sixteenRandom()
  const now = Date.now()
  if (now > latest.at) latest = { at: now, place: placeOf(random) }
  else latest.place += 1
  let end = ''
  for (let i = 8; i < 16; i++) end += alphabet[(random[i] ?? 0) & 31]
  return `${idPrefixes[kind]}_${digits(latest.at, 10)}${digits(latest.place, 8)}${end}`
}

/** Of 39 bits, so that counting on from it never needs a further digit. */
function placeOf(random: Uint8Array): number {
  let place = (random[0] ?? 0) & 15
  for (let i = 1; i < 8; i++) place = place * 32 + ((random[i] ?? 0) & 31)
  return place
}

function digits(value: number, count: number): string {
  let text = ''
  for (let i = 0, rest = value; i < count; i++) {
    text = alphabet[rest % 32] + text
    rest = Math.floor(rest / 32)
  }
  return text
}

let pool = new Uint8Array(0)

/** 128 random bits, drawn by the page, because each draw costs as much as an id. */
export function sixteenRandom(): Uint8Array {
  if (pool.length < 16) pool = crypto.getRandomValues(new Uint8Array(4096))
  const drawn = pool.subarray(0, 16)
  pool = pool.subarray(16)
  return drawn
}

/** Whether text has the shape of an id of that kind; says nothing about existence. */
export function isId(kind: IdKind, text: string): boolean {
  const prefix = `${idPrefixes[kind]}_`
  return text.startsWith(prefix) && /^[0-9a-hjkmnp-tv-z]{26}$/.test(text.slice(prefix.length))
}

/**
 * Ids that callers choose: 1 to 1,024 printable characters of ASCII without blanks, as providers of models make them
 * (`call_…|fc_…`, base64). Not `.` and `..`, which an address cannot carry.
 */
export const callerIdPattern = /^(?!\.{1,2}$)[!-~]{1,1024}$/

/** The same in words. */
export const callerIdWords = '1 to 1,024 printable ASCII characters without blanks, but not . and ..'

/** The same, up to 128 characters: ids by which whoever claims or starts a call is known again. */
export const retryIdPattern = /^(?!\.{1,2}$)[!-~]{1,128}$/

/** The same in words. */
export const retryIdWords = '1 to 128 printable ASCII characters without blanks, but not . and ..'

/** Tool names: 1 to 200 characters of `[A-Za-z0-9_.:/-]`, compared exactly and case-sensitively. */
export const toolNamePattern = /^[A-Za-z0-9_.:/-]{1,200}$/

/** The same in words. */
export const toolNameWords =
  'A tool name is 1 to 200 characters of A-Z a-z 0-9 _ . : / - and is compared exactly.'

/** Agent names: 1 to 64 characters, lower case letters, digits and inner hyphens. */
export const agentNamePattern = /^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$/
