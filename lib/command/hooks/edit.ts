import {
  applyEdits,
  createScanner,
  modify,
  parseTree,
  type JSONPath,
  type Node,
  type ParseError,
} from 'jsonc-parser'
import type { DialectName } from '@/lib/hooks/dialects/dialect'
import { Failure, exit } from '../exit'
import { oneLine } from '../printer'
import type { Entry, Settings } from './settings'

const mark = '\ufeff'

/**
 * A file of settings with entries at the end of their lists; all else, comments too, stays as it is.
 * @throws Failure where it cannot be read, or has something else where a list belongs
 */
export function withEntries(
  text: string | undefined,
  entries: Entry[],
  { begin }: Settings,
  path: string,
): string {
  let edited = text?.replace(mark, '').trim() ? text : `${JSON.stringify(begin, null, 2)}\n`
  requireOnce(edited, path)
  for (const { path: place, value } of entries) {
    const { root } = readTree(edited, path)
    for (const [at] of place.entries())
      requireKind(root, place.slice(0, at + 1), at === place.length - 1, path)
    edited = withItem(edited, place, value)
  }
  return edited
}

/** The same without the entries of a coding agent's hooks, and without the lists that are empty then. @throws Failure */
export function withoutEntries(text: string, name: DialectName, path: string): string {
  requireOnce(text, path)
  let edited = text
  for (const place of placesOf(edited, name, path).reverse()) {
    for (let part = place; part.length > 0; part = part.slice(0, -1)) {
      const node = nodeAt(readTree(edited, path).root, part)
      if (!node || (part !== place && node.children?.length !== 0)) break
      edited = without(edited, node.parent?.type === 'property' ? node.parent : node)
    }
  }
  return edited
}

/** Takes one member or item out with its line and its comma, and leaves every comment. */
function without(text: string, node: Node): string {
  const end = node.offset + node.length
  const siblings = node.parent?.children ?? []
  const earlier = siblings[siblings.indexOf(node) - 1]
  const lead = /(\r?\n)?[ \t]*$/.exec(text.slice(0, node.offset))?.[0].length ?? 0
  const after = commaIn(text, end, text.length)
  const cut = text.slice(0, node.offset - lead)
  if (after !== undefined) return cut + text.slice(end, after) + text.slice(after + 1)
  const before = earlier && commaIn(text, earlier.offset + earlier.length, node.offset)
  if (before === undefined) return cut + text.slice(end)
  return (
    text.slice(0, before) + text.slice(before + 1, Math.max(before + 1, node.offset - lead)) + text.slice(end)
  )
}

/** Where the next thing but comments and blanks is a comma. */
function commaIn(text: string, from: number, to: number): number | undefined {
  const scanner = createScanner(text, true)
  scanner.setPosition(from)
  scanner.scan()
  const at = scanner.getTokenOffset()
  return at < to && text[at] === ',' ? at : undefined
}

/** Our entries, as values. @throws Failure */
export function entriesIn(
  text: string,
  name: DialectName,
  path: string,
): { event: string; value: unknown }[] {
  const { root } = readTree(text, path)
  return placesOf(text, name, path).map((place) => ({
    event: String(place[1]),
    value: valueOf(nodeAt(root, place)),
  }))
}

/** Whether the file says that no hook runs. */
export function disablesHooks(text: string, path: string): boolean {
  return valueOf(nodeAt(readTree(text, path).root, ['disableAllHooks'])) === true
}

/** The key on the way to the hooks that stands twice, if one does: who reads JSON takes the last of them. @throws Failure */
export function keyTwice(text: string, path: string): string | undefined {
  const { root } = readTree(text, path)
  const hooks = (root.children ?? []).filter((member) => keyOf(member) === 'hooks')
  if (hooks.length > 1) return 'hooks'
  const events = (hooks[0]?.children?.[1]?.children ?? []).flatMap(keyOf)
  const event = events.find((one, at) => one !== undefined && events.indexOf(one) !== at)
  return event === undefined ? undefined : `hooks.${event}`
}

function requireOnce(text: string, path: string): void {
  const key = keyTwice(text, path)
  if (key === undefined) return
  throw new Failure(
    exit.conflict,
    `${oneLine(key)} stands twice in ${path}, and only the last counts. Mend it first; nothing was changed.`,
  )
}

const keyOf = (member: Node) => (member.type === 'property' ? String(member.children?.[0]?.value) : undefined)

/** What stands at a place: of a key that stands twice the last, as with JSON.parse. */
function nodeAt(root: Node, place: JSONPath): Node | undefined {
  let node: Node | undefined = root
  for (const part of place) {
    const members: Node[] = node?.children ?? []
    node =
      typeof part === 'number'
        ? members[part]
        : members.findLast((member) => keyOf(member) === part)?.children?.[1]
  }
  return node
}

/** Where our hooks are: each by itself, or its group where nothing else is in that. */
function placesOf(text: string, name: DialectName, path: string): JSONPath[] {
  const { root } = readTree(text, path)
  const hooks = nodeAt(root, ['hooks'])
  const places: JSONPath[] = []
  for (const property of hooks?.type === 'object' ? (hooks.children ?? []) : []) {
    const [key, list] = property.children ?? []
    if (list?.type !== 'array' || nodeAt(root, ['hooks', String(key?.value)]) !== list) continue
    for (const [at, item] of (list.children ?? []).entries()) {
      const place = ['hooks', String(key?.value), at]
      const inner = nodeAt(item, ['hooks'])
      const hooks = (inner?.type === 'array' && inner.children) || [item]
      const ours = [...hooks.keys()].filter((one) => isOurs(JSON.stringify(valueOf(hooks[one])), name))
      // what else a person put into our group stays, and the group with it
      if (ours.length === hooks.length && ours.length > 0) places.push(place)
      else for (const one of ours) places.push([...place, 'hooks', one])
    }
  }
  return places
}

function isOurs(json: string, name: DialectName): boolean {
  return (
    (/holdpoint/i.test(json) && new RegExp(`\\bhook ${name}(?![\\w-])`).test(json)) ||
    (name === 'claude-code' && /\/api\/hooks\/claude[?"]/.test(json))
  )
}

function readTree(text: string, path: string): { root: Node } {
  const blank = parseTree('{}')
  if (blank && text.replace(mark, '').trim() === '') return { root: blank }
  const errors: ParseError[] = []
  const root = parseTree(text.startsWith(mark) ? ` ${text.slice(1)}` : text, errors, {
    allowTrailingComma: true,
  })
  if (root?.type === 'object' && errors.length === 0) return { root }
  const where = errors[0] ? `, at line ${text.slice(0, errors[0].offset).split('\n').length}` : ''
  throw new Failure(
    exit.conflict,
    `${path} is not JSON that can be read${where}. Mend it first; nothing was changed.`,
  )
}

function requireKind(root: Node, place: string[], isList: boolean, path: string): void {
  const node = nodeAt(root, place)
  if (!node || node.type === (isList ? 'array' : 'object')) return
  const kind = isList ? 'a list' : 'an object'
  throw new Failure(
    exit.conflict,
    `${place.join('.')} of ${path} is not ${kind}. Mend it first; nothing was changed.`,
  )
}

function valueOf(node: Node | undefined): unknown {
  if (!node) return undefined
  if (node.type === 'array') return node.children?.map(valueOf) ?? []
  if (node.type !== 'object') return node.value
  const members = node.children?.map(({ children: [key, value] = [] }) => [key?.value, valueOf(value)]) ?? []
  return Object.fromEntries(members as [string, unknown][])
}

/** A list with one item more, in the file's own indentation and line ends. */
function withItem(text: string, list: JSONPath, value: unknown): string {
  const hasMark = text.startsWith(mark)
  const bare = hasMark ? text.slice(1) : text
  const indent = /^([ \t]+)["{[]/m.exec(bare)?.[1] ?? '  '
  const formattingOptions = {
    insertSpaces: !indent.startsWith('\t'),
    tabSize: indent.startsWith('\t') ? 1 : indent.length,
    eol: /\r\n/.test(bare) ? '\r\n' : '\n',
  }
  const edits = modify(bare, [...list, -1], value, { formattingOptions, isArrayInsertion: true })
  return `${hasMark ? mark : ''}${applyEdits(bare, edits)}`
}
