import { Composer, type CST, type Document, isMap, isScalar, isSeq, Parser, type YAMLMap } from 'yaml'
import { quotingHint, unclosedHint } from './quoting'
import { pointerTo, type Report } from './report'

/** Containers that may stand within each other, the file's own mapping included. */
const maxNesting = 32
const refusedProperties: Record<string, string> = {
  tag: 'tags are not in use here: leave it away',
  anchor: 'anchors and aliases are not in use here: write the value out',
  alias: 'anchors and aliases are not in use here: write the value out',
}

type Item = { start?: CST.Token[]; key?: CST.Token | null; sep?: CST.Token[]; value?: CST.Token }

/** The parts of a token in the order of the text. */
function partsOf(token: CST.Token): (CST.Token | null | undefined)[] {
  const items = 'items' in token ? (token.items as Item[]) : []
  return [
    'start' in token && Array.isArray(token.start) ? token.start : [],
    'props' in token ? token.props : [],
    items.flatMap(({ start = [], key, sep = [], value }) => [...start, key, ...sep, value]),
    'value' in token ? [token.value] : [],
    'end' in token && Array.isArray(token.end) ? token.end : [],
  ].flat()
}

/**
 * Refuses tags, anchors, aliases and deep nesting before anything recurses over the tokens: 64 kB of `{`
 * exhaust the composer's stack, which can end the process.
 */
function checkTokens(document: CST.Token, report: Report): void {
  const stack = [{ token: document, depth: 0 }]
  for (let entry = stack.pop(); entry !== undefined && !report.isFull; entry = stack.pop()) {
    const { token } = entry
    const depth = entry.depth + ('items' in token ? 1 : 0)
    if (depth > maxNesting) {
      report.error('', token.offset, `more than ${maxNesting} containers stand within each other here`)
      return
    }
    const refused = refusedProperties[token.type]
    if (refused !== undefined && 'offset' in token) {
      const hint = quotingHint(report, token.offset, false)
      report.error('', hint?.offset ?? token.offset, hint?.detail ?? refused)
    }
    for (const part of partsOf(token).reverse()) if (part) stack.push({ token: part, depth })
  }
}

function checkKeys(node: unknown, path: (string | number)[], report: Report): void {
  if (isSeq(node)) node.items.forEach((item, i) => checkKeys(item, [...path, i], report))
  if (!isMap(node)) return
  const seen = new Set<string>()
  for (const { key, value } of node.items) {
    const name = isScalar(key) ? String(key.value) : ''
    if (isScalar(key)) {
      const kind = `${typeof key.value} ${name}`
      if (seen.has(kind)) {
        const detail = `the key \`${name.slice(0, 100)}\` stands here twice: keep one`
        report.error(pointerTo(...path, name), key.range?.[0] ?? 0, detail)
      }
      seen.add(kind)
    }
    checkKeys(value, [...path, name], report)
  }
}

function checkSyntax(document: Document.Parsed, report: Report): void {
  const [fault] = [...document.errors, ...document.warnings].sort((a, b) => a.pos[0] - b.pos[0])
  if (fault === undefined) return
  const [at] = fault.pos
  const isUnclosed = fault.code === 'BAD_INDENT' || fault.code === 'MISSING_CHAR'
  const hint = quotingHint(report, at, true) ?? (isUnclosed ? unclosedHint(report, at) : undefined)
  const detail = hint?.detail ?? `this is no YAML: ${fault.message.replace(/\s+/g, ' ').slice(0, 200)}`
  report.error('', hint?.offset ?? at, detail)
}

/** The composer makes an error for each of 65,536 stray brackets: without stacks 0.1 s, with them 1 s. */
function compose(tokens: CST.Token[], length: number): Document.Parsed | undefined {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  try {
    const options = { schema: 'core', uniqueKeys: false, logLevel: 'silent', prettyErrors: false } as const
    const [document] = new Composer(options).compose(tokens, true, length)
    return document as Document.Parsed | undefined
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}

/**
 * Reads YAML 1.2 (core schema) as one document: no tags, anchors, aliases, duplicate keys or nesting
 * beyond 32. What is wrong goes to the report with its place; the result then is undefined.
 * @param report made of the text, which has at most 64 kB
 */
export function readYaml(report: Report): Document.Parsed | undefined {
  const tokens = [...new Parser().parse(report.text)]
  const documents = tokens.filter((token) => token.type === 'document')
  const second = documents[1]
  if (second) report.error('', second.offset, 'a second document begins here: a file holds one')
  for (const document of documents.slice(0, 1)) checkTokens(document, report)
  if (report.errors.length > 0) return undefined
  const document = compose(tokens, report.text.length)
  if (document === undefined) return undefined
  checkSyntax(document, report)
  if (report.errors.length === 0) checkKeys(document.contents, [], report)
  return report.errors.length === 0 ? document : undefined
}

/** A mapping's pairs by key, keys that are no text left out. */
export function textPairs(map: YAMLMap): Map<string, YAMLMap['items'][number]> {
  const pairs = new Map<string, YAMLMap['items'][number]>()
  for (const pair of map.items) {
    if (isScalar(pair.key) && typeof pair.key.value === 'string') pairs.set(pair.key.value, pair)
  }
  return pairs
}
