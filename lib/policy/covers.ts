import { accepts, isWildcard, readParts, type Class, type Part } from './wildcard'

/** How many steps a comparison may still take; where it has none left, nothing is covered. */
export type Steps = { left: number }

/** An entry's tool, ready to be compared with others. */
export type Pattern = { tool: string; parts: Part[] }

export function readPattern(tool: string): Pattern {
  return { tool, parts: inOrder(readParts(tool)) }
}

/**
 * Whether every tool that the entry `narrow` names is named by `wide` too. Looks at the patterns part by part, in at
 * most length times length steps: a yes is certain, a no may be too careful (`[ab]` beside `a` and `b`).
 */
export function covers(wide: Pattern, narrow: Pattern, steps: Steps): boolean {
  return wide.tool === narrow.tool || (isWildcard(wide.tool) && coversParts(wide.parts, narrow.parts, steps))
}

/** `*?` and `?*` say the same; the single characters first. */
function inOrder(parts: Part[]): Part[] {
  const ordered: Part[] = []
  let hasStar = false
  for (const part of [...parts, undefined]) {
    if (part === 'star') hasStar = true
    else {
      if (hasStar && part !== 'any') {
        ordered.push('star')
        hasStar = false
      }
      if (part !== undefined) ordered.push(part)
    }
  }
  return ordered
}

function coversParts(wide: Part[], narrow: Part[], steps: Steps): boolean {
  let at = 0
  let part = 0
  let star = -1
  let starAt = 0
  while (at < narrow.length) {
    if (steps.left-- <= 0) return false
    if (wide[part] === 'star') {
      star = part++
      starAt = at
    } else if (takes(wide[part], narrow[at])) {
      at++
      part++
    } else if (star >= 0) {
      part = star + 1
      at = ++starAt
    } else return false
  }
  while (wide[part] === 'star') part++
  return part === wide.length
}

/** Whether a part other than `*` takes every character that another one takes. */
function takes(wide: Part | undefined, narrow: Part | undefined): boolean {
  if (wide === undefined || narrow === undefined || narrow === 'star') return false
  if (wide === 'any') return true
  if (typeof narrow === 'number') return accepts(wide, narrow)
  return typeof wide === 'object' && typeof narrow === 'object' && holds(wide, narrow)
}

function holds(wide: Class, narrow: Class): boolean {
  if (wide.isNegated || narrow.isNegated) return JSON.stringify(wide) === JSON.stringify(narrow)
  return narrow.ranges.every(([low, high]) => wide.ranges.some(([from, to]) => from <= low && high <= to))
}
