import { compileTree } from './evaluate'
import type { Comparison, Node } from './tree'

/**
 * What an evaluation of a condition may come to, over all values of `param` and `context`. It may say too much, where
 * only the values could tell, and never too little: what is not here does not happen.
 */
export type Outcomes = { isTrue: boolean; isFalse: boolean; isUnevaluable: boolean }

const anything: Outcomes = { isTrue: true, isFalse: true, isUnevaluable: true }

/** Whether neither `param` nor `context` is read. */
function isFixed(node: Node): boolean {
  switch (node.kind) {
    case 'literal':
      return true
    case 'root':
    case 'member':
      return false
    case 'subscript':
      return isFixed(node.object) && isFixed(node.index)
    case 'list':
    case 'tuple':
    case 'set':
      return node.items.every(isFixed)
    case 'object':
      return node.entries.every((entry) => isFixed(entry.value))
    case 'not':
      return isFixed(node.operand)
    case 'and':
    case 'or':
      return node.operands.every(isFixed)
    case 'comparison':
      return isFixed(node.first) && node.links.every((link) => isFixed(link.right))
  }
}

/** What is fixed is evaluated as ever, so that both always agree. */
function outcomeOfFixed(node: Node): Outcomes {
  const { outcome } = compileTree(node, '')({}, {})
  return {
    isTrue: outcome === 'true',
    isFalse: outcome === 'false',
    isUnevaluable: outcome === 'unevaluable',
  }
}

/** Something with members is true, if it can be made at all. */
function outcomesOfDisplay(members: Node[], mayFail: boolean): Outcomes {
  const isUnevaluable = mayFail || members.some((member) => outcomesOf(member).isUnevaluable)
  return { isTrue: true, isFalse: false, isUnevaluable }
}

/** From left to right: who decides keeps the rest from being looked at. */
function outcomesOfJunction(kind: 'and' | 'or', operands: Node[]): Outcomes {
  const found: Outcomes = { isTrue: false, isFalse: false, isUnevaluable: false }
  const [decides, goesOn] =
    kind === 'or' ? (['isTrue', 'isFalse'] as const) : (['isFalse', 'isTrue'] as const)
  for (const [i, operand] of operands.entries()) {
    const here = outcomesOf(operand)
    found.isUnevaluable ||= here.isUnevaluable
    found[decides] ||= here[decides]
    if (!here[goesOn]) return found
    if (i === operands.length - 1) found[goesOn] = true
  }
  return found
}

const isEmpty = (node: Node) =>
  (node.kind === 'object' && node.entries.length === 0) ||
  ((node.kind === 'list' || node.kind === 'tuple') && node.items.length === 0)

/** What one link of a chain may come to, its operands being there. */
function outcomesOfLink(left: Node, { operator, right }: Comparison['links'][number]): Outcomes {
  if (isFixed(left) && isFixed(right)) {
    const { start } = left
    return outcomeOfFixed({
      kind: 'comparison',
      first: left,
      links: [{ operator, right }],
      start,
      end: right.end,
    })
  }
  // Nothing is in what is empty; what cannot be hashed still fails.
  if (operator === 'in' && isEmpty(right)) return { ...anything, isTrue: false }
  if (operator === 'not in' && isEmpty(right)) return { ...anything, isFalse: false }
  return anything
}

function outcomesOfComparison({ first, links }: Comparison): Outcomes {
  const found: Outcomes = { isTrue: false, isFalse: false, isUnevaluable: false }
  const isThere = (node: Node) => {
    const { isTrue, isFalse, isUnevaluable } = outcomesOf(node)
    found.isUnevaluable ||= isUnevaluable
    return isTrue || isFalse
  }
  if (!isThere(first)) return found
  let left = first
  for (const link of links) {
    if (!isThere(link.right)) return found
    const here = outcomesOfLink(left, link)
    found.isFalse ||= here.isFalse
    found.isUnevaluable ||= here.isUnevaluable
    if (!here.isTrue) return found
    left = link.right
  }
  return { ...found, isTrue: true }
}

/** What a condition may come to, by its tree alone: short-circuits and what cannot be evaluated are kept apart. */
export function outcomesOf(node: Node): Outcomes {
  if (isFixed(node)) return outcomeOfFixed(node)
  switch (node.kind) {
    case 'list':
    case 'tuple':
      return outcomesOfDisplay(node.items, false)
    case 'set':
      return outcomesOfDisplay(node.items, true)
    case 'object':
      return outcomesOfDisplay(
        node.entries.map((entry) => entry.value),
        false,
      )
    case 'not': {
      const { isTrue, isFalse, isUnevaluable } = outcomesOf(node.operand)
      return { isTrue: isFalse, isFalse: isTrue, isUnevaluable }
    }
    case 'and':
    case 'or':
      return outcomesOfJunction(node.kind, node.operands)
    case 'comparison':
      return outcomesOfComparison(node)
    default:
      return anything
  }
}
