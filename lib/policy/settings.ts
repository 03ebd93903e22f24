import { isScalar, type Pair, type YAMLMap } from 'yaml'
import { readEscalate } from './escalate'
import { likelyKey } from './likely'
import { readOwner } from './names'
import { editableBy, readEdit } from './places'
import { defaultMaxExtension, exclusions, type OnRejection, type PolicyTerms } from './policy'
import { pointerTo, protectsNothing, type Report } from './report'
import { readNameList, readReviewers } from './reviewers'
import { describe, isUnstorable, listOf, offsetOf, oneOf, wholeNumber, type Path, type Read } from './setting'

const maxMessageCharacters = 4096

const readMessage: Read<string | null> = (node, path, at, report) => {
  const value = isScalar(node) ? node.value : node
  if (value === null) return null
  const pointer = pointerTo(...path)
  if (typeof value !== 'string') {
    report.error(pointer, at, `message is text or null, not ${describe(node)}: put it in quotes`)
  } else if (isUnstorable(value)) {
    report.error(pointer, at, 'message holds U+0000 or half a character: leave it away')
  } else if (value.length > maxMessageCharacters && [...value].length > maxMessageCharacters) {
    report.error(pointer, at, `message has at most ${maxMessageCharacters} characters`)
  } else return value
  return undefined
}

/** What a block or an entry says, by the names of the file; what it does not say is missing. */
export type Values = { timeout?: number; message?: string | null; on_rejection?: OnRejection } & PolicyTerms
export type SettingName = keyof Values

/** One setting of the file. */
type Setting<T> = {
  read: Read<T>
  /** Where it stands: in `approval` itself, or there and in an entry, whose value then replaces it. */
  where: 'block' | 'both'
  /** Whether a file that misspells it demands less than its author thinks. */
  protects: boolean
} & (
  | {
      /** What the values of all entries that fire come to; none of them is missing. */
      merge: (values: T[]) => T
      default: T
    }
  /** Each entry that fires keeps its own. */
  | { merge: 'apart' }
  /** The first entry that fires says it. */
  | { merge: 'first' }
)

/** The last of the words that some value is. */
const strictest =
  <T>(...mildFirst: T[]) =>
  (values: T[]): T =>
    mildFirst.findLast((word) => values.includes(word)) ?? (mildFirst[0] as T)

/** All settings. Those that a file may have, and what is told of unknown ones, come from here. */
export const settings = {
  timeout: {
    read: wholeNumber('timeout', 'whole seconds', 30, 604_800),
    where: 'both',
    protects: false,
    merge: 'first',
  },
  message: { read: readMessage, where: 'both', protects: false, merge: 'first' },
  on_rejection: {
    read: oneOf('on_rejection', ['fail', 'continue']),
    where: 'both',
    protects: false,
    merge: 'first',
  },
  reviewers: { read: readReviewers, where: 'both', protects: true, merge: 'apart' },
  owners: {
    read: readNameList('owners', readOwner),
    where: 'block',
    protects: true,
    merge: ([first]) => first ?? [],
    default: [],
  },
  self_approval: {
    read: oneOf('self_approval', ['project', 'never']),
    where: 'both',
    protects: true,
    merge: strictest('project', 'never'),
    default: 'project',
  },
  exclude: {
    read: listOf('exclude', exclusions.length, oneOf('exclude', exclusions)),
    where: 'both',
    protects: true,
    merge: (values) => exclusions.filter((one) => values.some((value) => value.includes(one))),
    default: [],
  },
  reason: {
    read: oneOf('reason', ['optional', 'on_reject', 'required']),
    where: 'both',
    protects: true,
    merge: strictest('optional', 'on_reject', 'required'),
    default: 'optional',
  },
  escalate: { read: readEscalate, where: 'both', protects: true, merge: 'apart' },
  max_extension: {
    read: wholeNumber('max_extension', 'whole seconds', 0, 604_800),
    where: 'both',
    protects: true,
    merge: (values) => Math.min(...values),
    default: defaultMaxExtension,
  },
  edit: { read: readEdit, where: 'both', protects: false, merge: editableBy, default: false },
  justification: {
    read: oneOf('justification', ['optional', 'required']),
    where: 'both',
    protects: true,
    merge: strictest('optional', 'required'),
    default: 'optional',
  },
  repeat: {
    read: oneOf('repeat', ['ask', 'refuse']),
    where: 'both',
    protects: true,
    merge: strictest('ask', 'refuse'),
    default: 'ask',
  },
} satisfies { [Name in SettingName]-?: Setting<Exclude<Values[Name], undefined>> }

/** The names of the settings that stand in `approval` itself. */
export const blockSettings = Object.keys(settings) as readonly SettingName[]

/** The names of the settings that stand in an entry. */
export const entrySettings: readonly SettingName[] = blockSettings.filter(
  (name) => settings[name].where === 'both',
)

/** Names whose misspelling is told of first. */
const isProtecting = (name: string) => Object.hasOwn(settings, name) && settings[name as SettingName].protects

function warnUnknown(key: unknown, known: readonly string[], report: Report): void {
  const name = isScalar(key) ? String(key.value) : 'a key that is no text'
  if (name === 'inputs') {
    report.warn('inputs_not_used', offsetOf(key), '`inputs` is kept, and nothing here uses it')
    return
  }
  const isMisplaced = Object.hasOwn(settings, name)
  const likely = isMisplaced ? name : likelyKey(name, known)
  const mend = isMisplaced
    ? 'write it in `approval` itself'
    : likely === undefined
      ? `known are ${known.join(', ')}`
      : `did you mean \`${likely}\`?`
  const does = likely !== undefined && isProtecting(likely) ? protectsNothing : 'does nothing'
  report.warn(
    'unknown_key',
    offsetOf(key),
    `\`${name.slice(0, 100)}\` is not a key here and ${does}: ${mend}`,
  )
}

/** What a mapping says, where each of it stands, and the pairs of the keys that are the caller's own. */
export type ReadSettings = { values: Values; at: Map<SettingName, number>; pairs: Map<string, Pair> }

/**
 * Reads the settings of a mapping, and hands back the pairs of the keys in `own`. What is out of bounds is an error, an
 * unknown key a warning.
 */
export function readSettings(
  map: YAMLMap,
  path: Path,
  where: 'block' | 'entry',
  own: readonly string[],
  report: Report,
): ReadSettings {
  const names = where === 'block' ? blockSettings : entrySettings
  const read: ReadSettings = { values: {}, at: new Map(), pairs: new Map() }
  for (const pair of map.items) {
    const key = isScalar(pair.key) && typeof pair.key.value === 'string' ? pair.key.value : ''
    const at = offsetOf(pair.value, offsetOf(pair.key))
    const name = names.find((one) => one === key)
    if (own.includes(key)) read.pairs.set(key, pair)
    else if (name === undefined) warnUnknown(pair.key, [...own, ...names], report)
    else {
      const value = settings[name].read(pair.value, [...path, key], at, report)
      if (value !== undefined) Object.assign(read.values, { [name]: value })
      read.at.set(name, at)
    }
  }
  return read
}

/** The terms among what was read, as a block or an entry keeps them. */
export function termsIn(values: Values): { terms?: PolicyTerms } {
  const { timeout: _timeout, message: _message, on_rejection: _onRejection, ...terms } = values
  return Object.keys(terms).length > 0 ? { terms } : {}
}

/** Remembers where an entry (its index) or the block (-1) says who decides. */
export function noteWhoDecides({ at }: ReadSettings, index: number, report: Report): void {
  const place = at.get('reviewers') ?? at.get('exclude') ?? at.get('self_approval')
  if (place !== undefined) report.whoDecides.set(index, place)
}
