import { type Document, isMap, isScalar, isSeq, type YAMLMap } from 'yaml'
import { readEntry, type BlockSettings } from './entries'
import { checkSteps } from './escalate'
import { likelyKey } from './likely'
import {
  defaultTimeoutSeconds,
  emptyPolicy,
  type Policy,
  type PolicyEntry,
  type PolicyOnWire,
  type PolicyTerms,
  settingsOf,
} from './policy'
import { pointerTo, type PolicyError, type PolicyWarning, Report } from './report'
import { describe, offsetOf } from './setting'
import { noteWhoDecides, readSettings, termsIn } from './settings'
import { readYaml, textPairs } from './yaml'

export type { PolicyError, PolicyWarning }

/** A file as understood, or all that is wrong with it. `name` is the file's own `name:`. */
export type ParsedPolicy =
  | {
      ok: true
      name: string | null
      nameAt: Place | null
      policy: Policy
      /** Where it says who decides, for what is known of them only where people are. */
      people: PeopleNamed
      warnings: PolicyWarning[]
    }
  | { ok: false; errors: PolicyError[]; warnings: PolicyWarning[] }

type Place = { line: number; column: number }

/** The names of a file that stand for people, and where its entries, by index, and its block (-1) say who decides. */
export type PeopleNamed = { names: ReadonlyMap<string, Place>; rules: ReadonlyMap<number, Place> }

/** A file has at most so many bytes of UTF-8. */
export const maxPolicyBytes = 65_536

/** What the caller refuses with statuses of their own; looked at here too, so that nothing slips by. */
function checkText(source: string, report: Report): void {
  const { text } = report
  const nul = text.indexOf('\0')
  const half = text.search(/\p{Surrogate}/u)
  if (source.length > maxPolicyBytes || new TextEncoder().encode(source).length > maxPolicyBytes) {
    report.error('', 0, `a file has at most ${maxPolicyBytes} bytes`)
  } else if (nul >= 0) report.error('', nul, 'the character U+0000 stands here: leave it away')
  else if (half >= 0) report.error('', half, 'half a character (a lone surrogate) stands here: leave it away')
}

function readTools(node: unknown, at: number, block: BlockSettings, report: Report): Policy['tools'] {
  const path = ['approval', 'tools']
  if (!isSeq(node)) {
    report.error(
      pointerTo(...path),
      offsetOf(node, at),
      `tools is a list, not ${describe(node)}: begin each with \`-\``,
    )
    return []
  }
  if (node.items.length === 0) report.warn('no_tools', at, '`tools` is empty: this file gates nothing')
  const entries = node.items.map((item, i) =>
    readEntry(item, [...path, i], offsetOf(node, at), block, report),
  )
  return entries.flatMap((entry) => entry ?? [])
}

function readBlock(block: YAMLMap, at: number, report: Report): Policy {
  const read = readSettings(block, ['approval'], 'block', ['tools'], report)
  const { timeout = defaultTimeoutSeconds, message = null, on_rejection: onRejection = 'fail' } = read.values
  const own = { timeout, message, onRejection, ...termsIn(read.values) }
  noteWhoDecides(read, -1, report)
  const { escalate } = read.values
  if (escalate) checkSteps(escalate, timeout, ['approval', 'escalate'], read.at.get('escalate') ?? at, report)
  const tools = read.pairs.get('tools')
  if (tools === undefined) {
    report.error(
      pointerTo('approval'),
      at,
      '`approval` has no `tools`: list the tools to gate, or write `tools: []`',
    )
  }
  return {
    tools: tools === undefined ? [] : readTools(tools.value, offsetOf(tools.key), own, report),
    ...own,
  }
}

function readApproval(root: YAMLMap, report: Report): Policy {
  const pairs = textPairs(root)
  const approval = pairs.get('approval')
  if (approval === undefined) {
    const near = [...pairs].find(([key]) => likelyKey(key, ['approval']) !== undefined)
    const hint = near ? `; did you mean \`approval\` by \`${near[0].slice(0, 100)}\`?` : ''
    const message = `the file has no \`approval:\`, so it gates nothing${hint}`
    report.warn('no_approval_block', near ? offsetOf(near[1].key) : 0, message)
    return emptyPolicy
  }
  const at = offsetOf(approval.key)
  if (isMap(approval.value)) return readBlock(approval.value, at, report)
  const detail = `approval is a mapping with \`tools\`, not ${describe(approval.value)}`
  report.error(pointerTo('approval'), offsetOf(approval.value, at), detail)
  return emptyPolicy
}

function readName(root: YAMLMap, report: Report): Pick<ParsedPolicy & { ok: true }, 'name' | 'nameAt'> {
  const pair = textPairs(root).get('name')
  const value = isScalar(pair?.value) ? pair.value.value : pair?.value
  if (pair === undefined || value === null || value === undefined) return { name: null, nameAt: null }
  const at = offsetOf(pair.value, offsetOf(pair.key))
  if (typeof value === 'object')
    report.error(pointerTo('name'), at, `name is text, not ${describe(pair.value)}`)
  const source = isScalar(pair.value) && typeof value !== 'string' ? pair.value.source : undefined
  return { name: source ?? String(value), nameAt: report.placeOf(at) }
}

function rootOf(document: Document.Parsed, report: Report): YAMLMap | undefined {
  const root: unknown = document.contents
  if (isMap(root)) return root
  const what = isSeq(root) || (isScalar(root) && root.value !== null) ? describe(root) : 'empty'
  report.error('', offsetOf(root), `an agent file is a mapping with \`approval:\`; this one is ${what}`)
  return undefined
}

/**
 * Reads an agent file, or a file of nothing but its `approval:` block, as POLICY describes them: all errors
 * with pointer, line and column, or the policy; its warnings in either case. Other top-level keys are not looked at,
 * but for `name`. At most 100 errors and 100 warnings are told. Never throws, whatever the text.
 * @param source YAML 1.2, at most 64 kB; a byte order mark and CRLF are fine
 */
export function parsePolicy(source: string): ParsedPolicy {
  const report = new Report(source.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n'))
  checkText(source, report)
  const document = report.errors.length === 0 ? readYaml(report) : undefined
  const root = document && rootOf(document, report)
  if (root === undefined) return { ok: false, errors: report.errors, warnings: [] }
  const policy = readApproval(root, report)
  const { name, nameAt } = readName(root, report)
  report.sort()
  if (report.errors.length > 0) return { ok: false, errors: report.errors, warnings: report.warnings }
  const placed = <K>(offsets: ReadonlyMap<K, number>) =>
    new Map([...offsets].map(([key, offset]): [K, Place] => [key, report.placeOf(offset)]))
  const people = { names: placed(report.people), rules: placed(report.whoDecides) }
  return { ok: true, name, nameAt, policy, people, warnings: report.warnings }
}

/** A policy as the API shows it, with the settings that hold for each tool. */
export function policyToWire(policy: Policy): PolicyOnWire {
  return {
    tools: policy.tools.map((entry) => {
      const { timeoutSeconds, message, onRejection } = settingsOf(policy, entry)
      return {
        tool: entry.tool,
        when: entry.when,
        timeout: timeoutSeconds,
        message,
        on_rejection: onRejection,
        ...entryTerms(policy, entry),
      }
    }),
    timeout: policy.timeout,
    message: policy.message,
    on_rejection: policy.onRejection,
    ...policy.terms,
  }
}

/** What holds for an entry: its own, else the block's. */
function entryTerms({ terms: ofBlock }: Policy, { terms }: PolicyEntry): PolicyTerms {
  const { owners: _owners, ...rest } = ofBlock ?? {}
  return { ...rest, ...terms }
}
