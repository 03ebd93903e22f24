import { randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { z } from 'zod'
import { askApproval } from '@/lib/approvals/ask'
import type { Asked } from '@/lib/approvals/asked'
import { cancelApproval } from '@/lib/approvals/cancel'
import { holdAsked } from '@/lib/approvals/hold-asked'
import { getApproval } from '@/lib/approvals/read'
import type { AskedApproval, NotRequired } from '@/lib/approvals/schemas'
import type { Context } from '@/lib/context'
import { AppError } from '@/lib/errors'
import { agentNamePattern, callerIdPattern, callerIdWords } from '@/lib/ids'
import { JsonObject } from '@/lib/json/schemas'
import { writeJson } from '@/lib/json/write'
import { readToolCall } from '@/lib/runs/read'
import { recordResult } from '@/lib/runs/record-result'
import { startRun } from '@/lib/runs/start'
import { plainText } from '@/lib/untrusted/channels'
import { verb } from '@/lib/verb'
import { makeCallId } from './dialects/call-id'
import {
  recorded,
  type After,
  type Before,
  type Dialect,
  type DialectName,
  type Heard,
  type Verdict,
} from './dialects/dialect'
import { dialects } from './dialects/all'

/** How the addresses name the coding agents. */
const inAddress = {
  claude: 'claude-code',
  codex: 'codex',
  cursor: 'cursor',
  copilot: 'copilot',
} as const satisfies Record<string, DialectName>

/** How an answer may be held. */
export type Holding = {
  /** How many waits a credential may have open in this process; 0 is no cap. */
  mostWaits: number
  /** Ends when the caller has gone or the process stops. */
  signal: AbortSignal
  /** What went wrong and is our own fault. */
  onFault: (error: unknown) => void
}

/** A minute less than 56 minutes: the settings of the hooks let a call wait for an hour. */
const mostMs = 55 * 60_000
const oneWaitSeconds = 50
/** How often to look where the credential has too many waits open, or the agent is paused. */
const pollMs = 5000
/** How often a call is asked for again, each time under the next id. */
const mostAttempts = 5
/** As much of an earlier result as a model is told in the reason of a refusal. */
const mostOutput = 8000

/**
 * Answers a hook in the words of its coding agent: what is about to be done is put to the policy and waits for a person
 * where a rule says so; what came of a call is recorded. It throws nothing: what goes wrong is a no.
 */
export const answerHookVerb = verb(
  {
    summary: 'Answer a hook of a coding agent',
    need: { scope: 'run' },
    path: z.strictObject({ dialect: z.enum(Object.keys(inAddress) as (keyof typeof inAddress)[]) }),
    query: z.strictObject({
      agent: z
        .string()
        .regex(agentNamePattern, 'An agent name: lower case letters, digits and inner hyphens.')
        .optional()
        .meta({ description: 'The agent whose policy counts; without, the name of the coding agent.' }),
      park: z.enum(['1']).optional().meta({
        description: 'Claude Code without a person at it: what is held is deferred, not waited for.',
      }),
    }),
    input: JsonObject.transform((call) => ({ call })),
    recorded,
    output: JsonObject,
    refuses: ['too_many_streams'],
    bucket: 'ask',
    keepsTime: true,
  },
  async (ctx, { dialect: name, agent, park, call }, holding: Holding): Promise<Record<string, unknown>> => {
    const dialect = dialects[inAddress[name]]
    let heard: Heard | undefined
    try {
      heard = dialect.hear(call)
      const to = { dialect, agent: agent ?? dialect.name, isParking: park === '1' && name === 'claude' }
      if (heard.event === 'before') return dialect.say(await verdictOf(ctx, heard, to, holding))
      await tell(ctx, heard)
      return {}
    } catch (error) {
      if (!(error instanceof AppError || error instanceof TypeError)) holding.onFault(error)
      if (heard?.event === 'after') return {}
      return dialect.say(
        refusalOf(error, plainText(heard?.tool ?? 'The tool', { singleLine: true, maxCharacters: 200 })),
      )
    }
  },
)

function refusalOf(error: unknown, tool: string): Verdict {
  const isKnown = error instanceof AppError || error instanceof TypeError
  const words = isKnown ? error.message : 'Holdpoint failed; its log says why.'
  const isOver = error instanceof AppError && error.code === 'run_finished'
  return { kind: 'refused', message: isOver ? words : `${tool} did not run: ${words}`, isOver }
}

type To = { dialect: Dialect; agent: string; isParking: boolean }

async function verdictOf(ctx: Context, heard: Before, to: To, holding: Holding): Promise<Verdict> {
  const { session, tool, params, cwd } = heard
  const callId = heard.callId ?? makeCallId(tool, params, heard.at ?? '')
  requireIds(session, callId)
  await startRun(ctx, { agent: to.agent, external_id: session, source: {} })
  const ids = { start_id: randomUUID(), claim_id: randomUUID() }
  const metadata: Record<string, string> = { framework: to.dialect.name, thread: session }
  if (cwd !== undefined) metadata.folder = cwd.slice(-500)
  const until = performance.now() + mostMs
  for (let attempt = 1; attempt <= mostAttempts; attempt++) {
    const tool_call_id = attempt === 1 ? callId : `${callId}.${attempt}`
    const source = { params: writeJson(params) }
    const ask = { run_id: session, tool, params, tool_call_id, metadata, ...ids, source }
    let asked = await askApproval(ctx, ask)
    for (;;) {
      asked = await hold(ctx, asked, ids.claim_id, to, holding)
      const { answer } = asked
      if (answer.next.action === 'ask_again') break
      // nobody is there to run it: nothing was claimed, and who asks again may
      if (holding.signal.aborted) return refused(`${tool} did not run: the connection ended.`)
      if (answer.next.action !== 'wait') return verdictFrom(answer, params)
      const approval = answer as AskedApproval
      if (to.isParking) return { kind: 'parked', message: `${answer.next.message} ${approval.url}` }
      if (performance.now() > until) {
        await cancelApproval(ctx, { id: approval.id })
        return refused(`${tool} did not run: nobody decided in 55 minutes; the request is withdrawn.`)
      }
    }
  }
  return refused(`${tool} did not run: it was asked for ${mostAttempts} times in vain.`)
}

/** @throws TypeError */
function requireIds(session: string, callId: string): void {
  if (session.startsWith('run_') || ![session, callId].every((id) => callerIdPattern.test(id)))
    throw new TypeError(`A session and a call have ids: ${callerIdWords}, and no session begins with "run_".`)
}

/** Until there may be news of a call; claimed is what is approved by then. */
async function hold(
  ctx: Context,
  asked: Asked,
  claimId: string,
  { isParking }: To,
  { mostWaits, signal }: Holding,
): Promise<Asked> {
  const wait = (seconds: number) => ({ seconds, mostWaits, signal })
  try {
    const held = await holdAsked(ctx, asked, wait(isParking ? 0 : oneWaitSeconds), claimId)
    const { approval, answer } = held
    // approved, and paused
    if (approval?.status !== 'approved' || answer.next.action !== 'wait' || isParking) return held
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'too_many_waits') throw error
  }
  await setTimeout(pollMs, undefined, { signal }).catch(() => undefined)
  const approval = asked.approval && (await getApproval(ctx, asked.approval.id))
  return holdAsked(ctx, approval ? asked.since({ approval }) : asked, wait(0), claimId)
}

function refused(message: string): Verdict {
  return { kind: 'refused', message, isOver: false }
}

function verdictFrom(answer: AskedApproval | NotRequired, params: Record<string, unknown>): Verdict {
  const { action, message } = answer.next
  if (action === 'execute') {
    if (!answer.required) return { kind: 'free' }
    if (answer.claimed_at !== null) {
      const isAsAsked = writeJson(answer.params) === writeJson(params)
      return { kind: 'approved', message, params: isAsAsked ? undefined : answer.params }
    }
  }
  const gave = answer.call?.status === 'succeeded' ? ` It gave back: ${writeJson(answer.call.output)}` : ''
  return { kind: 'refused', message: (message + gave).slice(0, mostOutput), isOver: action === 'stop' }
}

/** Records what came of a call that was let through; nothing of one that was not, or whose result is known. */
async function tell(ctx: Context, { session, callId, result }: After): Promise<void> {
  if (callId !== undefined) requireIds(session, callId)
  for (let attempt = 1; callId !== undefined && attempt <= mostAttempts; attempt++) {
    const toolCallId = attempt === 1 ? callId : `${callId}.${attempt}`
    const { status } = await readToolCall(ctx, session, toolCallId)
    if (status === 'succeeded' || status === 'failed') return
    if (status !== 'running') continue
    const source =
      'output' in result ? { output: writeJson(result.output) } : { error: writeJson(result.error) }
    await recordResult(ctx, { run: session, toolCallId, ...result, source })
    return
  }
}
