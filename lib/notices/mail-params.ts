import { countCharacters } from '@/lib/json/characters'
import { writeJson } from '@/lib/json/write'
import { showParams, type ShownParam } from '@/lib/untrusted/params'
import { unlinked } from './mail-text'

/** An argument of a call as a mail shows it. */
export type MailParam = { name: string; type: string; value: string; warning: string | null }
/** The arguments, and between first and last ones how many had no room. */
export type MailParams = { head: MailParam[]; hidden: number; tail: MailParam[] }

/** Longest value, however much room there is. */
const most = 1500
/** Shortest cut value that still says something. */
const least = 24
/** Below this, fewer arguments are shown, so that their names have room as well. */
const roomy = 10_000

/**
 * The arguments of a call within a number of characters for all values together: short ones in full, long ones by
 * head, tail and length; where even so there are too many, the first and the last of them and the count of others.
 */
export function mailParams(params: Record<string, unknown>, room: number): MailParams {
  const entries = Object.entries(params)
  const shownCount = Math.min(
    entries.length,
    Math.max(3, Math.floor(room / (room < roomy ? 2 * least : least))),
  )
  const headCount = Math.ceil((shownCount * 2) / 3)
  const head = entries.slice(0, headCount)
  const tail = entries.slice(entries.length - (shownCount - headCount))
  const each = fairShare(
    [...head, ...tail].map(([, value]) => lengthOf(value)),
    room,
  )
  const show = (some: [string, unknown][]) => showAll(some, each)
  return {
    head: show(head),
    hidden: entries.length - shownCount,
    tail: shownCount > headCount ? show(tail) : [],
  }
}

function showAll(entries: [string, unknown][], maxCharacters: number): MailParam[] {
  // One at a time: as one object, names that read like numbers would change their places.
  return entries.flatMap(([name, value]) =>
    showParams(Object.fromEntries([[name, value]]), { maxCharacters }).map(toMailParam),
  )
}

function toMailParam({ name, type, value }: ShownParam): MailParam {
  const words = [
    (name.hasInvisible || value.hasInvisible) && 'hidden characters',
    (name.hasMixedScripts || value.hasMixedScripts) && 'mixed scripts',
  ].filter((word) => word !== false)
  return {
    name: unlinked(join(name)),
    type,
    value: unlinked(join(value)),
    warning: words.length > 0 ? words.join(', ') : null,
  }
}

function join({ parts }: ShownParam['name']): string {
  return parts.map((part) => part.text).join('')
}

function lengthOf(value: unknown): number {
  return countCharacters(typeof value === 'string' ? value : writeJson(value))
}

/** How long each value may be so that all fit: what short ones leave goes to the long ones. */
function fairShare(lengths: number[], room: number): number {
  let left = room
  const sorted = lengths.toSorted((a, b) => a - b)
  for (const [i, length] of sorted.entries()) {
    const share = Math.floor(left / (sorted.length - i))
    if (length > share) return Math.min(most, Math.max(least, share))
    left -= length
  }
  return most
}
