import type { SeenApproval } from '@/lib/approvals/schemas'
import { paramsSeen } from '@/lib/approvals/seen'
import { readJson } from '@/lib/json/read'
import { writeJson } from '@/lib/json/write'
import { summarizeParams } from '@/lib/untrusted/params'
import * as say from '@/words/approvals/call-words'

/** Longer values are shown by their beginning where there is one line for all of them. */
const mostCharacters = 90

const member = /\bparam\s*(?:\.\s*([A-Za-z_]\w*)|\[\s*(?:"([^"\\]*)"|'([^'\\]*)')\s*\])/g

/** The params that a condition names, in its order. */
export function ruleParams(condition: string | null): string[] {
  const names = [...(condition ?? '').matchAll(member)].map(([, a, b, c]) => a ?? b ?? c ?? '')
  return [...new Set(names)]
}

/** Params with those first that the rule fired on, which is what a reviewer looks for. */
export function inRuleOrder(
  params: Record<string, unknown>,
  condition: string | null,
): [name: string, value: unknown, isOfRule: boolean][] {
  const first = ruleParams(condition).filter((name) => Object.hasOwn(params, name))
  const others = Object.keys(params).filter((name) => !first.includes(name))
  return [
    ...first.map((name): [string, unknown, boolean] => [name, params[name], true]),
    ...others.map((name): [string, unknown, boolean] => [name, params[name], false]),
  ]
}

export type CallWords = {
  /** The value that matters most, and the name that it has. */
  lead: { name: string; value: string; isOfRule: boolean } | null
  /** The others, `name=value`. */
  rest: string[]
}

/** A call's params in one line's words; of long ones those at their beginning. Null where not even one is there. */
export function callWords(approval: SeenApproval): CallWords | null {
  const whole = paramsSeen(approval)
  const params = whole ?? begun(approval.params_start?.text ?? '')
  if (params === null) return null
  const [lead, ...rest] = inRuleOrder(params, approval.rule.condition).slice(0, 12)
  const bytes =
    whole === null ? [say.kilobytesInAll(Math.ceil((approval.params_start?.bytes ?? 0) / 1024))] : []
  return {
    lead: lead ? { name: lead[0], value: words(lead[0], lead[1]).value, isOfRule: lead[2] } : null,
    rest: [...rest.map(([name, value]) => words(name, value).whole), ...bytes],
  }
}

/** The params of which a list has at least the beginning. */
export function paramsHere(approval: SeenApproval): Record<string, unknown> | null {
  return paramsSeen(approval) ?? begun(approval.params_start?.text ?? '')
}

/** The first members of a JSON object of which only the beginning is there. */
function begun(text: string): Record<string, unknown> | null {
  let depth = 0
  let isInText = false
  let end = -1
  for (let at = 0; at < text.length; at++) {
    const sign = text[at]
    if (isInText) {
      if (sign === '\\') at++
      else if (sign === '"') isInText = false
    } else if (sign === '"') isInText = true
    else if (sign === '{' || sign === '[') depth++
    else if (sign === '}' || sign === ']') depth--
    else if (sign === ',' && depth === 1) end = at
  }
  try {
    return end < 0 ? null : (readJson(`${text.slice(0, end)}}`) as Record<string, unknown>)
  } catch {
    return null
  }
}

/** What a request is about, for the name of a button: `process_refund, amount 2400, order_id ORD-1287`. */
export function objectWords(approval: SeenApproval): string {
  const said = callWords(approval)
  if (said?.lead == null) return approval.tool
  const second = said.rest[0]?.replace('=', ' ')
  const all = [approval.tool, `${said.lead.name} ${said.lead.value}`, ...(second ? [second] : [])].join(', ')
  return all.length > 120 ? `${all.slice(0, 119)}…` : all
}

function words(name: string, value: unknown): { whole: string; value: string } {
  const counted = countedWords(value)
  const whole =
    counted === null
      ? summarizeParams({ [name]: brief(value) }, 4 * mostCharacters)
      : summarizeParams({ [name]: 0 }, 4 * mostCharacters).replace(/0$/, counted)
  return { whole, value: whole.slice(whole.indexOf('=') + 1) }
}

/** A value's beginning; line breaks are no attack, so they are blanks on a line of ours. */
function brief(value: unknown): unknown {
  if (typeof value === 'string') return cut(value.replace(/\s*[\r\n]+\s*/g, ' ↵ ').replaceAll('\t', ' '))
  return value
}

/** Of a long list or object how much it holds, in our own brackets, which no text of an agent shows. */
function countedWords(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || writeJson(value).length <= mostCharacters) return null
  return Array.isArray(value) ? say.itemsHere(value.length) : say.membersHere(Object.keys(value).length)
}

function cut(text: string): string {
  const characters = [...text.slice(0, 2 * mostCharacters)]
  return characters.length > mostCharacters ? `${characters.slice(0, mostCharacters).join('')}…` : text
}
