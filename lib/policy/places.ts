import { isScalar } from 'yaml'
import { pointerTo } from './report'
import { isUnstorable, listOf, written, type Read } from './setting'

const mostPlaces = 50

/** A param's name, or a JSON pointer (RFC 6901) in which `*` stands for any index of a list. */
const readPlace: Read<string> = (node, path, at, report) => {
  const value = isScalar(node) && typeof node.value === 'string' ? node.value : ''
  const isPlace =
    value !== '' &&
    value !== '/' &&
    value.length <= 500 &&
    !isUnstorable(value) &&
    (!value.startsWith('/') || !/~(?![01])/.test(value))
  const parts = partsOf(pointerOf(value))
  if (isPlace && parts[0] !== '*') return value
  const detail = isPlace
    ? '`*` stands for an index of a list, and params are none: name a param, or write `true` for all'
    : `a place is a param's name or a JSON pointer such as \`/items/*/qty\`, not ${written(node)}`
  report.error(pointerTo(...path), at, detail)
  return undefined
}

const readPlaces = listOf('edit', mostPlaces, readPlace)

/** Which params a reviewer may change: all, none, or those named. */
export const readEdit: Read<boolean | string[]> = (node, path, at, report) => {
  if (isScalar(node) && typeof node.value === 'boolean') return node.value
  return readPlaces(node, path, at, report)
}

/** The pointer of a place. */
function pointerOf(place: string): string {
  return place.startsWith('/') ? place : pointerTo(place)
}

/** The parts of a pointer, unescaped. `*` for an index and a key `*` are not told apart. */
function partsOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
}

/** What may be edited where each of several entries has its say, as pointers; false where they agree on nothing. */
export function editableBy(all: readonly (boolean | string[])[]): boolean | string[] {
  const lists = all.map((one) => (typeof one === 'boolean' ? one : one.map(pointerOf)))
  return lists.reduce((left, right) => {
    if (left === true) return right
    if (right === true || left === false) return left
    if (right === false) return false
    const both = left.flatMap((one) => right.flatMap((other) => narrower(one, other) ?? []))
    return both.length > 0 ? [...new Set(both)] : false
  }, true)
}

/** The one of two places that lies within the other. */
function narrower(one: string, other: string): string | undefined {
  if (one === other || one.startsWith(`${other}/`)) return one
  return other.startsWith(`${one}/`) ? other : undefined
}
