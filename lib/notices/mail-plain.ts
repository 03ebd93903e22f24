import type { MailApproval, MailFact, MailModel } from './mail-model'
import type { MailParam } from './mail-params'

/**
 * The plain text of a mail about approvals. A value of several lines is set off by `|` on each, so that none of
 * its lines can pass for one of ours.
 */
export function approvalMailText(model: MailModel): string {
  return [
    model.title,
    model.intro,
    ...model.approvals.map(approvalText),
    ...(model.more ? [`${model.more.words}:\n${model.more.url}`] : []),
    ...(model.legend ? [model.legend] : []),
    `--\n${model.footer}`,
  ].join('\n\n')
}

function approvalText({ tool, reminder, facts, params, after, url }: MailApproval): string {
  const count = params.head.length + params.hidden + params.tail.length
  return [
    `== ${tool}`,
    ...(reminder === null ? [] : [reminder]),
    ...facts.map(factText),
    count === 0 ? 'Params: none' : `Params (${count}):`,
    ...params.head.map(paramText),
    ...(params.hidden > 0 ? [`  ⟨${params.hidden} more params not shown⟩`] : []),
    ...params.tail.map(paramText),
    ...after.map(factText),
    `See it in full and decide: ${url}`,
  ].join('\n')
}

function factText({ label, value }: MailFact): string {
  return `${label}:${valueText(value, '')}`
}

function paramText({ name, type, value, warning }: MailParam): string {
  return `  ${name} (${warning === null ? type : `${type}, ${warning}`}):${valueText(value, '  ')}`
}

function valueText(value: string, indent: string): string {
  if (!value.includes('\n')) return value === '' ? '' : ` ${isolated(value)}`
  return value
    .split('\n')
    .map((line) => `\n${indent}  | ${isolated(line)}`)
    .join('')
}

/** Keeps right-to-left letters from reordering what stands beside them on the line (UAX 9). */
function isolated(text: string): string {
  return /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u.test(text)
    ? `\u2068${text}\u2069`
    : text
}
