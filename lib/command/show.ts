import type { Approval } from '@/lib/client/approval'
import { isObject } from '@/lib/client/json'
import { digestOf } from '@/lib/json/digest'
import { showParams, showValue, type ShownParam } from '@/lib/untrusted/params'
import type { ShownText } from '@/lib/untrusted/show'
import { command } from './command'
import { exit, Failure, wrongly } from './exit'
import { lines, linesOf, oneLine, type Printer } from './printer'
import { personsServer, type Server } from './server'
import { folded } from './width'
import { distance, outcomeWords, ruleWords, voteLines } from './words'

/**
 * One held call. That the digest is the one of tool and params as they will be shown is checked here, too.
 * @throws Failure, Problem, Unavailable
 */
export async function readApproval(server: Server, id: string): Promise<Approval> {
  if (!/^apr_[0-9a-z]{26}$/.test(id))
    throw wrongly(`${oneLine(id, 60)} is no id of a held call, such as apr_01k… in list.`)
  const approval = await server.get<Approval>(`/approvals/${id}`, (body) => isObject(body) && body.id === id)
  requireOwnDigest(approval)
  return approval
}

/** @throws Failure where the digest is another one than that of the call as it is shown */
export function requireOwnDigest({ id, digest, tool, params }: Approval): void {
  if (digestOf(tool, params) === digest) return
  throw new Failure(
    exit.unanswered,
    `The digest that the server gives for ${id} is not that of its tool and params. Do not decide on it here.`,
  )
}

/** What about a text may mislead. */
function hints(shown: ShownText): string[] {
  return [
    ...(shown.hasInvisible ? ['has characters that cannot be seen or that change what is seen'] : []),
    ...(shown.hasMixedScripts ? ['mixes alphabets whose letters look alike'] : []),
  ]
}

/** One param over as many lines as it takes. */
function paramLines(
  out: Pick<Printer, 'style'>,
  { name, value, type }: ShownParam,
  columns: number,
): string[] {
  const kind = type === 'string' ? '' : ` (${type})`
  const head = `${out.style('bold', linesOf(name).join(' '))}${out.style('dim', kind)}`
  const text = linesOf(value).flatMap((line) => folded(line, columns - 6))
  return [
    `  ${head}`,
    ...text.map((line) => `    │ ${line}`),
    ...[...hints(name), ...hints(value)].map((hint) => out.style('yellow', `    ! ${hint}`)),
  ]
}

/** A labelled text of the agent's. */
function saidLines(out: Pick<Printer, 'style'>, label: string, text: string, columns: number): string[] {
  return [
    out.style('dim', label),
    ...lines(text, Infinity)
      .flatMap((line) => folded(line, columns - 6))
      .map((line) => `    │ ${line}`),
  ]
}

/** All of a held call, in lines of a terminal; nothing is left out. */
export function approvalLines(
  approval: Approval,
  out: Pick<Printer, 'style'>,
  columns: number,
  now: number,
): string[] {
  const { tool, agent, status, params, description, message, context, metadata, edited } = approval
  const shown = showParams(params, { maxCharacters: Infinity })
  const deadline = status === 'pending' ? `, ends ${distance(approval.expires_at, now)}` : ''
  const found = [
    `${out.style('bold', oneLine(tool))} by ${oneLine(agent)}`,
    `  ${status}${deadline}; asked ${distance(approval.requested_at, now)}`,
    `  ${ruleWords(approval)}`,
    ...(status === 'pending' ? [] : [`  ${outcomeWords(approval)}`]),
    ...voteLines(approval).map((line) => `  ${line}`),
    '',
    out.style(
      'dim',
      shown.length === 0 ? 'Params: none' : edited ? 'Params, as a person changed them' : 'Params',
    ),
    ...shown.flatMap((param) => paramLines(out, param, columns)),
  ]
  for (const change of edited?.changes ?? []) {
    const from =
      change.from === undefined
        ? 'nothing'
        : linesOf(showValue(change.from, { singleLine: true }).value).join('')
    found.push(`    changed ${oneLine(change.pointer)}, which was ${from}`)
  }
  if (description) found.push('', ...saidLines(out, 'The agent says', description, columns))
  if (message) found.push('', ...saidLines(out, 'The policy says', message, columns))
  const others: [string, Record<string, unknown> | null][] = [
    ['Context', context],
    ['Metadata, in the agent’s words', metadata],
  ]
  for (const [label, members] of others) {
    if (!members || Object.keys(members).length === 0) continue
    found.push('', out.style('dim', label))
    found.push(
      ...showParams(members, { maxCharacters: Infinity }).flatMap((one) => paramLines(out, one, columns)),
    )
  }
  found.push(
    '',
    `run     ${oneLine(approval.run_id)}`,
    `call    ${oneLine(approval.tool_call_id)}`,
    `id      ${approval.id}`,
    ...(approval.supersedes
      ? [`before  ${oneLine(approval.supersedes)}, in whose place it was asked for`]
      : []),
    ...(approval.superseded_by
      ? [`after   ${oneLine(approval.superseded_by)}, which was asked for in its place`]
      : []),
  )
  found.push(`digest  ${oneLine(approval.digest)}`, `see     ${oneLine(approval.url, 500)}`)
  return found
}

export const show = command({
  synopsis: ['show ID…'],
  about: [
    'Shows a held call with all of its params, what the agent says of it, the rule that holds it and what became of it. Params are never cut. The digest covers tool and params: approve --digest lets exactly this call run, or none.',
  ],
  options: {},
  examples: [['holdpoint show apr_01kbdqv3ze3c9qv5w2m8f7x4ht', 'One call, in full.']],
  async run(call) {
    const { args, out } = call
    if (args.length === 0) throw wrongly('Say which: holdpoint show ID. See: holdpoint list')
    const server = personsServer(call)
    for (const [at, id] of args.entries()) {
      const approval = await readApproval(server, id)
      if (call.common.json) out.json(approval, { isOneOfMany: args.length > 1 })
      else {
        if (at > 0) out.line()
        for (const line of approvalLines(approval, out, out.columns, Date.now())) out.line(line)
      }
    }
    return exit.done
  },
})
