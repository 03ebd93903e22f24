import { parseSync } from 'oxc-parser'

/** What a source of the interface says to people itself, where it says it. */
export type Said = { line: number; text: string }

type Node = { type: string; start: number; end: number } & Record<string, unknown>

/** Attributes and props whose value people read, whatever it looks like. */
const readAttributes =
  /^(aria-(label|description|roledescription|placeholder|valuetext)|title|placeholder|alt|label|hint|note|words?|legend|detail|busyLabel|what)$/

/** The same of an object's members. */
const readMembers = /^(title|placeholder|label|hint|words?|legend|detail|also)$/

/** What these elements hold is a key, or is written as it stands: a name, a command, a piece of a file. */
const asItStands = new Set(['Kbd', 'kbd', 'code', 'Command'])

/** What these are given is read by developers or browsers. */
const notForPeople = /^(\w*Error|matchMedia|querySelector(All)?|closest|matches|getElementById|setAttribute)$/

const product = /^Holdpoint$|^%s · .*Holdpoint$/

const hasLetters = (text: string) => /\p{L}/u.test(text)

/** A sentence, or a word that begins like one; no classes, addresses or selectors. */
const readsLikeWords = (text: string) =>
  /^\p{Lu}\p{Ll}+(?:[\s.,:;…?!’]|$)/u.test(text.trim()) ||
  (/\p{Ll}{2,}[,.]? \p{Ll}+/u.test(text) && !/[-:[\]{}<>=;#/\\()_|`"]/.test(text))

/**
 * Words that stand in a source as text of an element, as what people read of it, or as a literal that reads like words.
 * What is only compared, imported, thrown or a type is none.
 */
export function wordsIn(path: string, source: string): Said[] {
  const { program, errors } = parseSync(path, source)
  if (errors[0]) throw new Error(`${path}: ${errors[0].message}`)
  const found: Said[] = []
  const visit = (node: Node, parents: Node[]) => {
    if (isNone(node, parents)) return
    const text = textOf(node)
    if (text !== undefined && hasLetters(text) && !product.test(text.trim()) && isSaid(node, text, parents))
      found.push({ line: source.slice(0, node.start).split('\n').length, text: text.trim() })
    for (const child of childrenOf(node)) visit(child, [...parents, node])
  }
  visit(program as unknown as Node, [])
  return found
}

/** What a table of words says with a typewriter's apostrophe or quotes, but for JSON, which is written with them. */
export function straightIn(path: string, source: string): Said[] {
  const found: Said[] = []
  const visit = (node: Node, parents: Node[]) => {
    if (isNone(node, parents)) return
    const text = node.type === 'JSXText' ? source.slice(node.start, node.end) : textOf(node)
    if (text !== undefined && /['"]|&(apos|quot);/.test(text.replace(/\{".*?\}/g, '')))
      found.push({ line: source.slice(0, node.start).split('\n').length, text: text.trim() })
    for (const child of childrenOf(node)) visit(child, [...parents, node])
  }
  visit(parseSync(path, source).program as unknown as Node, [])
  return found
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'
}

function childrenOf(node: Node): Node[] {
  return Object.values(node)
    .flatMap((value) => (Array.isArray(value) ? (value as unknown[]) : [value]))
    .filter(isNode)
}

/** The characters of a text, a string or a template; undefined for anything else. */
function textOf(node: Node): string | undefined {
  if (node.type === 'JSXText' || node.type === 'Literal')
    return typeof node.value === 'string' ? node.value.replace(/&\w+;/g, '') : undefined
  if (node.type !== 'TemplateLiteral') return undefined
  return (node.quasis as { value: { cooked: string } }[]).map(({ value }) => value.cooked).join('1')
}

/** Types, imports and directives; keys, what is compared, and what developers or browsers read. */
function isNone(node: Node, parents: Node[]): boolean {
  const parent = parents.at(-1)
  if (/^TS(?!As|Satisfies|NonNull)|^(Import|ExportAll)/.test(node.type)) return true
  if (parent === undefined) return false
  if (parent.type === 'ExpressionStatement' && node.type === 'Literal') return true
  if (parent.type === 'Property') return parent.key === node && parent.computed !== true
  if (parent.type === 'BinaryExpression') return /^[!=]==?$/.test(String(parent.operator))
  if (parent.type === 'SwitchCase') return parent.test === node
  if (parent.type === 'TaggedTemplateExpression') return true
  if (parent.type === 'CallExpression' || parent.type === 'NewExpression')
    return parent.callee !== node && notForPeople.test(nameOf(parent.callee as Node))
  return false
}

/** The name of what is called, of an element or of an attribute. */
function nameOf(node: Node): string {
  if (node.type === 'MemberExpression') return nameOf(node.property as Node)
  if (node.type === 'JSXNamespacedName') return ''
  return typeof node.name === 'string' ? node.name : ''
}

function isSaid(node: Node, text: string, parents: Node[]): boolean {
  const holder = holderOf(node, parents)
  if (holder?.type === 'JSXElement') return !asItStands.has(elementName(holder))
  if (holder?.type === 'JSXFragment') return true
  if (holder?.type === 'JSXAttribute' && readAttributes.test(nameOf(holder.name as Node))) return true
  if (holder?.type === 'Property' && readMembers.test(nameOf(holder.key as Node))) return true
  return readsLikeWords(text) && !parents.some((one) => isTechnical(one))
}

/** Where a text ends up: the element around it, or the attribute or member of which it is the value. */
function holderOf(node: Node, parents: Node[]): Node | undefined {
  let inner = node
  for (const one of parents.toReversed()) {
    const goesOn =
      one.type === 'JSXExpressionContainer' ||
      one.type === 'ParenthesizedExpression' ||
      (one.type === 'ConditionalExpression' && one.test !== inner) ||
      (one.type === 'LogicalExpression' && one.right === inner)
    if (!goesOn) return /^JSX(Element|Fragment|Attribute)$|^Property$/.test(one.type) ? one : undefined
    inner = one
  }
  return undefined
}

const elementName = (element: Node) => nameOf((element.openingElement as Node).name as Node)

/** Looks, shapes and addresses. */
function isTechnical(node: Node): boolean {
  return (
    node.type === 'JSXAttribute' &&
    /^(\w*className|style|d|href|src|id|key|list|command|text|aria-(keyshortcuts|labelledby|describedby))$/i.test(
      nameOf(node.name as Node),
    )
  )
}
