import type { Approval } from '@/lib/client/approval'
import { Problem } from '@/lib/client/errors'
import { isObject } from '@/lib/client/json'
import { writeJson } from '@/lib/json/write'
import { changesBetween } from '@/lib/policy/edits/changes'
import { showValue } from '@/lib/untrusted/params'
import { command, type Call, type OptionSpecs } from './command'
import { exit, wrongly } from './exit'
import { ask } from './prompt'
import { linesOf, oneLine } from './printer'
import { personsServer, type Server } from './server'
import { withSet } from './set-params'
import { approvalLines, readApproval } from './show'
import { outcomeWords } from './words'

/** A decision on one call, bound to the digest of what was shown. */
export type DecideRequest = {
  id: string
  decision: 'approve' | 'reject' | 'request_changes'
  reason?: string | undefined
  digest: string
  /** Params to run in place of those that were asked for; only with `approve`. */
  instead?: Record<string, unknown> | undefined
}

/**
 * Records a decision. The same again within a minute is the same.
 * @throws Problem (with the approval where somebody else decided), Unavailable
 */
export function decide(
  server: Server,
  { id, decision, reason, digest, instead }: DecideRequest,
): Promise<Approval> {
  return server.send<Approval>('POST', `/approvals/${id}/decisions`, {
    body: writeJson({ decision, digest, ...(instead && { params: instead }), ...(reason && { reason }) }),
    isRight: (body) => isObject(body) && body.id === id && isObject(body.next),
  })
}

const reasonOption = {
  message: {
    type: 'string',
    short: 'm',
    value: 'REASON',
    about: 'Why; the agent and the audit log get these words.',
  },
} as const satisfies OptionSpecs

const yesOptions = {
  digest: {
    type: 'string',
    value: 'SHA256',
    about:
      'Decide only where the call has this digest, as show or list --json gave it, and do not ask. For one call.',
  },
  yes: { type: 'boolean', short: 'y', about: 'Do not ask: decide on the call as it stands.' },
} as const satisfies OptionSpecs

const options = { ...reasonOption, ...yesOptions }

const approveOptions = {
  ...options,
  set: {
    type: 'string',
    multiple: true,
    value: 'PLACE=VALUE',
    about:
      'Change a value before it runs, where the policy lets people edit it. PLACE is a param’s name or a JSON pointer, VALUE is JSON, or plain text where it was text. May be given several times. For one call.',
  },
} as const satisfies OptionSpecs

const rejectOptions = {
  ...options,
  changes: {
    type: 'boolean',
    about:
      'Send it back: the agent is told to change what -m says and to ask again in its place. The run goes on.',
  },
} as const satisfies OptionSpecs

export const approve = command({
  synopsis: [
    'approve ID… [-m REASON]',
    'approve ID --digest SHA256',
    'approve ID… --yes',
    'approve ID --set PLACE=VALUE…',
  ],
  about: [
    'Shows each call and asks whether it may run. Approved, its agent may run it once, with exactly these params, within 15 minutes.',
    'Without a terminal nothing is asked; then --digest names the call that was seen, or --yes takes it as it stands. An agent’s key can never approve, nor can the person on whose behalf the run acts.',
  ],
  options: approveOptions,
  exits: [
    [exit.done, 'All of them are approved.'],
    [exit.no, 'You answered no, or one of them needs more people than you.'],
    [
      exit.conflict,
      'Somebody else decided first, or the call is not the one of --digest. What holds is told.',
    ],
  ],
  examples: [
    ['holdpoint approve apr_01kbdqv3ze3c9qv5w2m8f7x4ht', 'Shows it and asks.'],
    [
      'holdpoint approve apr_01kbdqv3ze3c9qv5w2m8f7x4ht --digest sha256:9f2… -m "As agreed"',
      'In a script that has looked at it.',
    ],
    [
      'holdpoint approve apr_01kbdqv3ze3c9qv5w2m8f7x4ht --set amount=240 -m "A tenth"',
      'Shows it with what changes, and asks.',
    ],
  ],
  run: (call) => decideAll(call, 'approve', call.options.set),
})

export const reject = command({
  synopsis: ['reject ID… -m REASON [--changes]', 'reject ID… [--digest SHA256 | --yes]'],
  about: [
    'Refuses calls. The agent is told the reason; whether its run ends with it or goes on, the policy says (on_rejection).',
    'With -m nothing is asked: a rejection lets nothing run. Without, the call is shown and the reason is asked for.',
  ],
  options: rejectOptions,
  exits: [
    [exit.done, 'All of them are rejected.'],
    [exit.no, 'You answered no.'],
    [
      exit.conflict,
      'Somebody else decided first, or the call is not the one of --digest. What holds is told.',
    ],
  ],
  examples: [
    [
      'holdpoint reject apr_01kbdqv3ze3c9qv5w2m8f7x4ht -m "Ask the customer first"',
      'Refuses it with these words.',
    ],
  ],
  run: (call) => decideAll(call, call.options.changes ? 'request_changes' : 'reject'),
})

/** @param sets what is to be changed before it runs */
async function decideAll(
  call: Call<typeof options>,
  decision: DecideRequest['decision'],
  sets: string[] = [],
): Promise<number> {
  const { args, options: given, out, common } = call
  if (args.length === 0)
    throw wrongly(
      `Say which: holdpoint ${decision === 'approve' ? decision : 'reject'} ID. See: holdpoint list`,
    )
  if (given.digest !== undefined && args.length > 1) throw wrongly('--digest is of one call: give one id.')
  if (sets.length > 0 && args.length > 1) throw wrongly('--set is of one call: give one id.')
  if (new Set(args).size < args.length) throw wrongly('An id stands there twice.')
  const server = personsServer(call)
  let worst: number = exit.done
  for (const id of args) {
    const seen = await readApproval(server, id)
    const request = await agreed(call, decision, seen, sets)
    if (request === undefined) {
      out.note(`${id} was left as it is.`)
      worst ||= exit.no
      continue
    }
    const decided = await decide(server, request)
    if (common.json) out.json(decided, { isOneOfMany: args.length > 1 })
    else out.line(`${id} ${oneLine(decided.tool)}: ${doneWords(decided)}`)
    if (decided.status === 'pending') worst ||= exit.no
  }
  return worst
}

function doneWords(decided: Approval): string {
  if (decided.status === 'pending')
    return `your vote is on record; it needs more people${decided.progress ? ` (${oneLine(decided.progress.text, 300)})` : ''}.`
  return outcomeWords(decided)
}

/**
 * What is to be sent, once whoever calls has said so; undefined where the answer was no.
 * @throws Problem where it is decided already or is another call, Failure where nobody can be asked
 */
async function agreed(
  { options: given, out, io, common }: Call<typeof options>,
  decision: DecideRequest['decision'],
  seen: Approval,
  sets: string[],
): Promise<DecideRequest | undefined> {
  const { id, digest, status } = seen
  const reason = given.message
  const tool = oneLine(seen.tool)
  const request: DecideRequest = { id, decision, reason, digest: given.digest ?? digest }
  if (sets.length > 0) {
    if (seen.editable === null && status === 'pending')
      throw wrongly(`The policy lets nobody change what ${tool} is called with.`)
    request.instead = withSet(seen.params, sets)
  }
  // the server says what became of it, and to the one whose decision it was that it is so
  if (status !== 'pending') return request
  if (given.digest !== undefined && given.digest !== digest) {
    const message = `${id} has another digest than that of --digest: it is not the call that was seen. It was left as it is.`
    throw new Problem(message, { status: 409, code: 'digest_mismatch', approval: seen })
  }
  const isAsked = !given.yes && given.digest === undefined && (decision === 'approve' || reason === undefined)
  if (!isAsked) return request
  if (!io.stdin.isTTY || common.json) {
    const how = decision === 'approve' ? '--digest SHA256 (as show says it) or --yes' : '-m REASON'
    throw wrongly(`Nobody can be asked here: give ${how}.`)
  }
  for (const line of approvalLines(seen, out, out.columns, Date.now())) out.note(line)
  out.note('')
  for (const { pointer, from, to } of changesBetween(seen.params, request.instead ?? seen.params))
    out.note(`${oneLine(pointer)}: ${shownValue(from)} → ${shownValue(to)}`)
  if (decision !== 'approve') {
    const said = (await ask(io, `Reject ${tool}? Give the reason, or nothing to leave it: `)).trim()
    return said === '' ? undefined : { ...request, reason: said }
  }
  const how = sets.length > 0 ? ', changed so' : ''
  const answer = await ask(io, `Approve ${tool}${how}? It may then run once. Type yes or no: `)
  return /^(y|yes)$/i.test(answer.trim()) ? request : undefined
}

const shownValue = (value: unknown) => linesOf(showValue(value, { singleLine: true }).value).join('')
