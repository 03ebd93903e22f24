import { outcomesOf } from './outcomes'
import type { Node } from './tree'

export type DoubtCode =
  | 'condition_always_false'
  | 'condition_never_true'
  | 'condition_always_true'
  | 'condition_always_gates'
  | 'condition_template'
  | 'condition_length'

/** Something in a condition that is of the language and probably not meant; `offset` is a UTF-16 index into it. */
export type Doubt = { code: DoubtCode; offset: number; message: string }

const quote = (text: string) => {
  const line = text.replace(/\s+/g, ' ')
  return line.length <= 60 ? line : `${line.slice(0, 59).replace(/[\ud800-\udbff]$/, '')}…`
}

/** What nothing in `param` or `context` can change. */
function doubtOfOutcomes(tree: Node, text: string): Doubt | undefined {
  const { isTrue, isFalse, isUnevaluable } = outcomesOf(tree)
  const told = (code: DoubtCode, message: string): Doubt => ({ code, offset: tree.start, message })
  if (isTrue && isFalse) return undefined
  if (isFalse && !isUnevaluable) {
    const message = `\`${quote(text)}\` is false for every call, so this entry gates nothing: compare a value of \`param\` or \`context\`, or leave the entry away`
    return told('condition_always_false', message)
  }
  if (isFalse) {
    const message = `\`${quote(text)}\` can never be true: it gates a call only where it cannot be evaluated, such as where a value is missing; take out what makes it false`
    return told('condition_never_true', message)
  }
  if (tree.kind === 'literal' && typeof tree.value === 'string') {
    const message = `a text in quotes is true, so every call is gated: write the condition without these quotes, or the tool alone to gate every call`
    return told('condition_always_true', message)
  }
  if (!isUnevaluable) {
    const message = `\`${quote(text)}\` is true for every call: write the tool alone to gate every call, or compare a value of \`param\` or \`context\``
    return told('condition_always_true', message)
  }
  const why = isTrue ? 'is true or cannot be evaluated' : 'cannot be evaluated'
  const message = `\`${quote(text)}\` ${why}, whatever the call, so every call is gated: write the tool alone if that is meant`
  return told('condition_always_gates', message)
}

function childrenOf(node: Node): Node[] {
  switch (node.kind) {
    case 'literal':
    case 'root':
      return []
    case 'member':
      return [node.object]
    case 'subscript':
      return [node.object, node.index]
    case 'object':
      return node.entries.map((entry) => entry.value)
    case 'not':
      return [node.operand]
    case 'and':
    case 'or':
      return node.operands
    case 'comparison':
      return [node.first, ...node.links.map((link) => link.right)]
    default:
      return node.items
  }
}

/** The first member `length` of something that is not `param` or `context` itself, where it is a name like others. */
function findLength(node: Node): Node | undefined {
  if (node.kind === 'member' && node.key === 'length' && node.object.kind !== 'root') return node
  for (const child of childrenOf(node)) {
    const found = findLength(child)
    if (found) return found
  }
  return undefined
}

/** What to know of a condition that was accepted, in the order of its text. */
export function doubtsOf(tree: Node, text: string): Doubt[] {
  const doubts: Doubt[] = []
  const template = text.search(/\{\{[^{}]*\}\}/)
  if (template >= 0) {
    const message = '`{{ … }}` is not filled in here: write the value as it is called, such as `param.amount`'
    doubts.push({ code: 'condition_template', offset: template, message })
  }
  const length = findLength(tree)
  if (length) {
    const message = `\`${quote(text.slice(length.start, length.end))}\` reads a key of that name: a list or a text has none, so the call is gated as one that cannot be evaluated. There is no length in the language: let the agent send it as a param of its own`
    doubts.push({ code: 'condition_length', offset: length.start, message })
  }
  const fixed = doubtOfOutcomes(tree, text)
  return fixed ? [...doubts, fixed] : doubts
}
