import { readJson } from '@/lib/json/read'
import { writeJson } from '@/lib/json/write'
import { wrongly } from './exit'
import { oneLine } from './printer'

type Container = Record<string | number, unknown>

/**
 * Params with other values at some places. What was text becomes the text as it stands; all else is JSON. Nothing is
 * added: a place that is misspelt would leave the value that was meant as it is.
 * @param sets `PLACE=VALUE`; a place is a param's name, or a JSON pointer (RFC 6901)
 * @throws Failure which says what of which set is wrong
 */
export function withSet(params: Record<string, unknown>, sets: string[]): Record<string, unknown> {
  const changed = structuredClone(params)
  const places = new Set<string>()
  for (const set of sets) {
    const at = set.indexOf('=')
    if (at < 1) throw wrongly(`--set ${oneLine(set, 100)}: write PLACE=VALUE, such as --set amount=240.`)
    const place = set.slice(0, at)
    if (places.has(place)) throw wrongly(`--set ${oneLine(place, 100)} stands there twice.`)
    places.add(place)
    const { holder, key } = find(changed, place)
    holder[key] = valueOf(place, holder[key], set.slice(at + 1))
  }
  return changed
}

function find(params: Container, place: string): { holder: Container; key: string } {
  const parts = place.startsWith('/')
    ? place
        .slice(1)
        .split('/')
        .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    : [place]
  let holder = params
  for (const [at, key] of parts.entries()) {
    if (!Object.hasOwn(holder, key) || (Array.isArray(holder) && key === 'length'))
      throw wrongly(`--set ${oneLine(place, 100)}: there is no ${oneLine(key, 100)} here. ${namesIn(holder)}`)
    if (at === parts.length - 1) return { holder, key }
    const next = holder[key]
    if (typeof next !== 'object' || next === null)
      throw wrongly(`--set ${oneLine(place, 100)}: ${oneLine(key, 100)} holds no other values.`)
    holder = next as Container
  }
  throw new Error('a place has at least one part')
}

function namesIn(holder: Container): string {
  const names = Object.keys(holder).map((name) => oneLine(name, 100))
  return names.length === 0 ? 'It is empty.' : `It has ${names.slice(0, 20).join(', ')}.`
}

function valueOf(place: string, before: unknown, text: string): unknown {
  if (typeof before === 'string') return text
  try {
    return readJson(text)
  } catch {
    throw wrongly(
      `--set ${oneLine(place, 100)}: ${oneLine(text, 100)} is no JSON; it would replace ${oneLine(writeJson(before), 100)}.`,
    )
  }
}
