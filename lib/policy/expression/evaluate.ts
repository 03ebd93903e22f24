import { isIn, memberOf, subscriptOf } from './lookup'
import { isOrdered } from './order'
import type { Comparison, ComparisonOperator, Literal, Node, Sequence } from './tree'
import { CannotTell, Float, isEqual, isTruthy, type Meter, spend, Tuple, ValueSet } from './values'

/** What a condition says of a call; `detail` says why nothing can be told ("param.amount is missing"). */
export type Verdict = { outcome: 'true' | 'false' } | { outcome: 'unevaluable'; detail: string }

/** A condition ready for use: pure, never throws. */
export type Condition = (param: object, context: object) => Verdict

type Roots = Meter & {
  param: object
  context: object
  /** The node at work, so that a reason can quote it. */
  at: Node
}
type Run = (roots: Roots) => unknown

const nowhere: Node = { kind: 'literal', value: null, isFloat: false, start: 0, end: 0 }

function isConstant(node: Node): boolean {
  if (node.kind === 'literal') return true
  if (node.kind === 'list' || node.kind === 'tuple' || node.kind === 'set')
    return node.items.every(isConstant)
  return node.kind === 'object' && node.entries.every((entry) => isConstant(entry.value))
}

/** A container of constants is made once; one that Python could not make fails at each evaluation. */
function once(node: Node, run: Run): Run {
  if (!isConstant(node)) return run
  try {
    const value = run({ steps: 0, param: {}, context: {}, at: nowhere })
    return () => value
  } catch {
    return run
  }
}

function compileSequence(node: Sequence): Run {
  const items = node.items.map(compileNode)
  if (node.kind === 'list') return (roots) => items.map((item) => item(roots))
  if (node.kind === 'tuple') return (roots) => new Tuple(items.map((item) => item(roots)))
  return (roots) => {
    const values = items.map((item) => item(roots))
    roots.at = node
    return new ValueSet(values, roots)
  }
}

function compileJunction(kind: 'and' | 'or', operands: Node[]): Run {
  const runs = operands.map(compileNode)
  const stop = kind === 'or'
  return (roots) => {
    let value: unknown
    for (const run of runs) {
      value = run(roots)
      if (isTruthy(value) === stop) return value
    }
    return value
  }
}

type Test = (left: unknown, right: unknown, meter: Meter) => boolean

/** Numbers first: most conditions order two of them. */
const tests: Record<ComparisonOperator, Test> = {
  '<': (a, b, meter) =>
    typeof a === 'number' && typeof b === 'number' ? a < b : isOrdered('<', a, b, meter),
  '<=': (a, b, meter) =>
    typeof a === 'number' && typeof b === 'number' ? a <= b : isOrdered('<=', a, b, meter),
  '>': (a, b, meter) =>
    typeof a === 'number' && typeof b === 'number' ? a > b : isOrdered('>', a, b, meter),
  '>=': (a, b, meter) =>
    typeof a === 'number' && typeof b === 'number' ? a >= b : isOrdered('>=', a, b, meter),
  '==': isEqual,
  '!=': (a, b, meter) => !isEqual(a, b, meter),
  in: isIn,
  'not in': (a, b, meter) => !isIn(a, b, meter),
  // One side is null, true or false by its spelling, so JavaScript's identity is Python's.
  is: (a, b) => a === b,
  'is not': (a, b) => a !== b,
}

function compileComparison(node: Comparison): Run {
  const first = compileOperand(node.first)
  const links = node.links.map(({ operator, right }) => ({
    test: tests[operator],
    run: compileOperand(right),
  }))
  const only = links[0]
  if (only !== undefined && links.length === 1) {
    return (roots) => {
      const left = first(roots)
      const right = only.run(roots)
      roots.at = node
      spend(roots, 1)
      return only.test(left, right, roots)
    }
  }
  return (roots) => {
    let left = first(roots)
    for (const { test, run } of links) {
      const right = run(roots)
      roots.at = node
      spend(roots, 1)
      if (!test(left, right, roots)) return false
      left = right
    }
    return true
  }
}

/** In a comparison `1.0` and `1` do the same, and the bare number is faster. */
function compileOperand(node: Node): Run {
  if (node.kind !== 'literal') return compileNode(node)
  const { value } = node
  return () => value
}

function compileLiteral({ value, isFloat }: Literal): Run {
  const kept = isFloat && Number.isInteger(value) ? new Float(Number(value)) : value
  return () => kept
}

function compileNode(node: Node): Run {
  switch (node.kind) {
    case 'literal':
      return compileLiteral(node)
    case 'root':
      return node.name === 'param' ? (roots) => roots.param : (roots) => roots.context
    case 'member': {
      const { key } = node
      const object = compileNode(node.object)
      return (roots) => {
        const holder = object(roots)
        roots.at = node
        return memberOf(holder, key)
      }
    }
    case 'subscript': {
      const object = compileNode(node.object)
      const index = compileNode(node.index)
      return (roots) => {
        const holder = object(roots)
        const at = index(roots)
        roots.at = node
        return subscriptOf(holder, at, roots)
      }
    }
    case 'list':
    case 'tuple':
    case 'set':
      return once(node, compileSequence(node))
    case 'object': {
      const entries = node.entries.map(({ key, value }) => ({ key, run: compileNode(value) }))
      return once(node, (roots) => {
        const object = Object.create(null) as Record<string, unknown>
        for (const { key, run } of entries) object[key] = run(roots)
        return object
      })
    }
    case 'not': {
      const operand = compileNode(node.operand)
      return (roots) => !isTruthy(operand(roots))
    }
    case 'and':
    case 'or':
      return compileJunction(node.kind, node.operands)
    case 'comparison':
      return compileComparison(node)
  }
}

const verdictTrue: Verdict = Object.freeze({ outcome: 'true' })
const verdictFalse: Verdict = Object.freeze({ outcome: 'false' })

/** The text of a node on one line, short enough for a sentence. */
function quote(text: string, node: Node): string {
  const quoted = text.slice(node.start, node.end).replace(/\s+/g, ' ')
  const characters = [...quoted]
  return characters.length <= 120 ? quoted : `${characters.slice(0, 119).join('')}…`
}

/**
 * Makes a tree that `parseTree` read from `text` ready for use. The result equals what CPython's own
 * evaluation gives as a truth value; where Python raises, or after 10,000 steps, it is `unevaluable`.
 */
export function compileTree(tree: Node, text: string): Condition {
  const run = compileNode(tree)
  return (param, context) => {
    const roots: Roots = { steps: 0, param, context, at: tree }
    try {
      return isTruthy(run(roots)) ? verdictTrue : verdictFalse
    } catch (error) {
      const reason = error instanceof CannotTell ? error.message : 'cannot be evaluated'
      return { outcome: 'unevaluable', detail: `${quote(text, roots.at)} ${reason}` }
    }
  }
}
