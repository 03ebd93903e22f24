import { holdsText } from './substring'
import {
  CannotTell,
  isEqual,
  isObject,
  kindOf,
  type Meter,
  requireHashable,
  spend,
  Tuple,
  ValueSet,
} from './values'

/** Python's `item in container`. @throws CannotTell where Python raises. */
export function isIn(item: unknown, container: unknown, meter: Meter): boolean {
  if (typeof container === 'string') {
    if (typeof item !== 'string') {
      throw new CannotTell(
        `cannot be evaluated: \`in\` looks for a string in a string, not for ${kindOf(item)}`,
      )
    }
    spend(meter, container.length >>> 10)
    return holdsText(container, item)
  }
  const items = container instanceof Tuple ? container.items : container
  if (Array.isArray(items)) return items.some((each) => isEqual(item, each, meter))
  if (container instanceof ValueSet) {
    // Python looks a set up as if it were frozen; no literal can put one into a set.
    if (item instanceof ValueSet) return false
    requireHashable(item)
    return container.has(item, meter)
  }
  if (isObject(container)) {
    requireHashable(item)
    return typeof item === 'string' && Object.hasOwn(container, item)
  }
  throw new CannotTell(`cannot be evaluated: \`in\` does not look into ${kindOf(container)}`)
}

/** An object's own value at a key. @throws CannotTell where there is none. */
export function memberOf(object: unknown, key: string): unknown {
  if (!isObject(object)) throw new CannotTell(`cannot be read from ${kindOf(object)}`)
  const value = Object.hasOwn(object, key) ? object[key] : undefined
  if (value === undefined) throw new CannotTell('is missing')
  return value
}

function itemAt(items: ArrayLike<unknown>, index: number): unknown {
  const at = index < 0 ? items.length + index : index
  const item = items[at]
  if (item !== undefined) return item
  throw new CannotTell(`is out of range: the length is ${items.length}`)
}

/** Python's `container[index]`. @throws CannotTell where Python raises. */
export function subscriptOf(container: unknown, index: unknown, meter: Meter): unknown {
  if (isObject(container)) {
    if (typeof index === 'string') return memberOf(container, index)
    throw new CannotTell(`is missing: keys of an object are strings, not ${kindOf(index)}`)
  }
  const items = container instanceof Tuple ? container.items : container
  if (typeof items !== 'string' && !Array.isArray(items)) {
    throw new CannotTell(`cannot be read from ${kindOf(container)}`)
  }
  const at = typeof index === 'boolean' ? Number(index) : index
  if (typeof at === 'bigint') throw new CannotTell(`is out of range: the length is ${items.length}`)
  if (typeof at !== 'number' || !Number.isInteger(at)) {
    const kind = kindOf(index) === 'a number' ? 'a float' : kindOf(index)
    throw new CannotTell(`cannot be read: an index is a whole number, not ${kind}`)
  }
  if (typeof items !== 'string') return itemAt(items, at)
  spend(meter, items.length >>> 10)
  return itemAt(/[\ud800-\udfff]/.test(items) ? [...items] : items, at)
}
