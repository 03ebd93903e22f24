import { isMap, isScalar, isSeq, type YAMLMap } from 'yaml'
import { parseCondition } from './expression/condition'
import { doubtsOf } from './expression/doubts'
import { likelyKey } from './likely'
import { offsetInSource } from './place'
import { checkSteps } from './escalate'
import type { Policy, PolicyEntry } from './policy'
import { pointerTo, type Report } from './report'
import { describe, isUnstorable, offsetOf, type Path } from './setting'
import { entrySettings, noteWhoDecides, readSettings, termsIn, type ReadSettings } from './settings'
import { canMatchTools } from './wildcard'

const settingKeys = ['when', ...entrySettings]
const quoteIt = 'put the condition in quotes'

/** The comment on the line where a node ends, without its sign; undefined where there is none. */
function commentAfter(node: unknown, report: Report): string | undefined {
  if (!isScalar(node) || node.range == null) return undefined
  const isBlock = node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED'
  const from = isBlock ? node.range[0] : node.range[1]
  const newline = report.text.indexOf('\n', from)
  const rest = report.text.slice(from, newline < 0 ? undefined : newline)
  const sign = rest.indexOf('#')
  const before = rest.slice(0, Math.max(sign, 0)).trim()
  return sign < 0 || (before !== '' && !isBlock) ? undefined : rest.slice(sign + 1).trim()
}

function warnOfComment(node: unknown, report: Report): void {
  const comment = commentAfter(node, report)
  if (comment === undefined || !/^(?:and|or)\b|\b(?:param|context)[.[]/i.test(comment)) return
  const message = `YAML takes what follows \`#\` for a comment, not for the rest of the condition: ${quoteIt} if it is`
  const start = isScalar(node) ? (node.range?.[0] ?? 0) : 0
  const end = isScalar(node) ? (node.range?.[1] ?? start) : start
  const isBlock = isScalar(node) && (node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED')
  report.warn('condition_in_comment', report.text.indexOf('#', isBlock ? start : end), message)
}

function wrongCondition(node: unknown, report: Report): string {
  if (isSeq(node) || isMap(node)) return `a condition is text, not ${describe(node)}: ${quoteIt}`
  const value = isScalar(node) ? node.value : null
  if (value === true) return 'a condition is an expression: to gate every call write the tool alone'
  if (value === false) return 'a condition is an expression: to gate no call leave the entry away'
  if (value !== null) return `a condition is an expression, not ${describe(node)}`
  const hint =
    commentAfter(node, report) === undefined
      ? ''
      : `; YAML takes what follows \`#\` for a comment: ${quoteIt}`
  return `the condition is missing: write one, or the tool alone to gate every call${hint}`
}

/** A condition as written, without the blanks around it; null where it was refused. */
function readCondition(node: unknown, path: Path, at: number, report: Report): string | null {
  const pointer = pointerTo(...path)
  const value = isScalar(node) ? node.value : null
  if (!isScalar(node) || typeof value !== 'string') {
    report.error(pointer, offsetOf(node, at), wrongCondition(node, report))
    return null
  }
  const when = value.replace(/^[ \t\r\n\f]+/, '').replace(/(?<![ \t\r\n\f])[ \t\r\n\f]+$/, '')
  if (when === '') {
    report.error(
      pointer,
      offsetOf(node, at),
      'the condition is empty: write one, or the tool alone to gate every call',
    )
    return null
  }
  const parsed = parseCondition(when)
  if (parsed.ok) {
    warnOfComment(node, report)
    for (const { code, offset, message } of doubtsOf(parsed.tree, when)) {
      report.warn(code, offsetInSource(report.text, node, value.indexOf(when) + offset), message)
    }
    return when
  }
  const { message, offset } = parsed.problem
  const hint =
    commentAfter(node, report) === undefined
      ? ''
      : ` (YAML takes what follows \`#\` for a comment: ${quoteIt})`
  const template = when.includes('{{') ? ' (`{{ … }}` is not filled in here: write `param.name`)' : ''
  const place = offsetInSource(report.text, node, value.indexOf(when) + offset)
  report.error(pointer, place, message + hint + template)
  return null
}

/** A tool's name or wildcard; null where it was refused. */
function readTool(node: unknown, path: Path, at: number, report: Report): string | null {
  const tool = isScalar(node) ? node.value : null
  if (typeof tool !== 'string' || tool === '' || isUnstorable(tool)) {
    const wrong = tool === '' ? 'empty text' : typeof tool === 'string' ? 'unreadable text' : describe(node)
    report.error(
      pointerTo(...path),
      offsetOf(node, at),
      `a tool is a name in text, not ${wrong}: put the name in quotes`,
    )
    return null
  }
  const shown = tool.slice(0, 100)
  const colon = tool.indexOf(':')
  if (colon >= 0 && /\b(?:param|context)[.[]/.test(tool.slice(colon))) {
    const message = `\`${shown}\` is one name to YAML: put a blank after the colon if a condition follows it`
    report.warn('condition_in_tool_name', offsetOf(node, at), message)
  } else if (!canMatchTools(tool)) {
    const message = `\`${shown}\` gates nothing: names of tools hold only A-Z a-z 0-9 _ . : / -`
    report.warn('tool_never_matches', offsetOf(node, at), message)
  }
  return tool
}

/** `- a.b: {param.x}` and `- a.b: {"k": 1}` are mappings to YAML, and conditions to who wrote them. */
function isEatenCondition(map: YAMLMap): boolean {
  const keys = map.items.map(({ key }) => (isScalar(key) ? String(key.value) : ''))
  return (
    map.flow === true && keys.length > 0 && keys.every((key) => likelyKey(key, settingKeys) === undefined)
  )
}

/** What of the block an entry takes where it says nothing itself. */
export type BlockSettings = Pick<Policy, 'timeout' | 'terms'>

function readPair(map: YAMLMap, path: Path, block: BlockSettings, report: Report): PolicyEntry | null {
  const at = offsetOf(map)
  const [pair, second] = map.items
  if (pair === undefined || second !== undefined) {
    const keys = map.items
      .slice(0, 5)
      .map(({ key }) => (isScalar(key) ? String(key.value).slice(0, 100) : '…'))
    const indent = keys.slice(1).some((key) => settingKeys.includes(key))
    const mend = indent ? 'indent the settings below their tool' : 'begin each tool with its own `-`'
    const found = keys.length === 0 ? 'none' : keys.map((key) => `\`${key}\``).join(', ')
    report.error(
      pointerTo(...path),
      at,
      `an entry has exactly one key, the tool; this one has ${found}: ${mend}`,
    )
    return null
  }
  const tool = readTool(pair.key, path, at, report)
  if (tool === null) return null
  const here = [...path, tool]
  if (!isMap(pair.value) || isEatenCondition(pair.value)) {
    const when = readCondition(pair.value, here, offsetOf(pair.key, at), report)
    return when === null ? null : { tool, when, timeout: null, onRejection: null }
  }
  const read = readSettings(pair.value, here, 'entry', ['when'], report)
  checkEscalations(read, block, here, report)
  noteWhoDecides(read, Number(path.at(-1)), report)
  const condition = read.pairs.get('when')
  const when = condition
    ? readCondition(condition.value, [...here, 'when'], offsetOf(condition.key, at), report)
    : null
  const { timeout = null, message, on_rejection: onRejection = null } = read.values
  return { tool, when, timeout, message, onRejection, ...termsIn(read.values) }
}

/** An entry's escalations by the time that it allows; also those of the block, where the entry has another time. */
function checkEscalations(
  { values, at }: ReadSettings,
  block: BlockSettings,
  path: Path,
  report: Report,
): void {
  const steps = values.escalate ?? block.terms?.escalate
  const isOwn = at.has('escalate') || at.has('timeout')
  if (!steps || !isOwn) return
  const name = at.has('escalate') ? 'escalate' : 'timeout'
  checkSteps(steps, values.timeout ?? block.timeout, [...path, name], at.get(name) ?? 0, report)
}

/** One entry of `tools`: a tool alone, with a condition, or with settings; null where it was refused. */
export function readEntry(
  node: unknown,
  path: Path,
  at: number,
  block: BlockSettings,
  report: Report,
): PolicyEntry | null {
  if (isMap(node)) return readPair(node, path, block, report)
  const tool = readTool(node, path, at, report)
  return tool === null ? null : { tool, when: null, timeout: null, onRejection: null }
}
