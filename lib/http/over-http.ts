import { deployAgent } from '@/lib/agents/deploy'
import { askVerb } from '@/lib/approvals/ask'
import { askManyVerb } from '@/lib/approvals/ask-many'
import type { Asked } from '@/lib/approvals/asked'
import { claimVerb } from '@/lib/approvals/claim'
import { decideVerb } from '@/lib/approvals/decide'
import { decideManyVerb } from '@/lib/approvals/decide-many'
import { readApprovalVerb } from '@/lib/approvals/read'
import { holdAsked } from '@/lib/approvals/hold-asked'
import { waitForApproval } from '@/lib/approvals/wait'
import { approvalToWire } from '@/lib/approvals/wire'
import { exportAudit, readWholeAudit } from '@/lib/audit/export'
import { settings } from '@/lib/env'
import { AppError } from '@/lib/errors'
import { answerHookVerb } from '@/lib/hooks/answer'
import { readMe } from '@/lib/keys/me'
import { streamApprovals, streamApprovalsVerb } from '@/lib/outbox/stream'
import { logError } from '@/lib/process/log'
import { linkBase } from '@/lib/paths'
import { writeJson } from '@/lib/json/write'
import { readCheckpointVerb } from '@/lib/runs/checkpoint'
import { readRunVerb } from '@/lib/runs/read'
import { recordStepVerb } from '@/lib/runs/record-step'
import { startRunVerb } from '@/lib/runs/start'
import { readRunWithNews } from '@/lib/runs/wait'
import { requireRoomToWait, type Wait } from '@/lib/wake/room'
import packageJson from '@/package.json' with { type: 'json' }
import { reply } from './answer'
import { withDeadline } from './deadline'
import { isNamed, textTag, versionTag } from './precondition'
import { callIdOf } from './idempotency-key'
import { waitSeconds } from './prefer'
import { toProblem } from './problem'
import { overHttp } from './route'
import { eventStream, heldJson, textStream } from './sse'

// Of these HTTP has more to say than what the verb returns: a status, a wait, bytes, a stream.

export const readMeOverHttp = overHttp(readMe, ({ ctx, input }) =>
  readMe(ctx, input, { version: packageJson.version, maxBodyBytes: settings().maxBodyBytes }),
)

export const deployAgentOverHttp = overHttp(deployAgent, async ({ ctx, input }) => {
  const { agent, isNew } = await deployAgent(ctx, input)
  return reply(agent, isNew ? 201 : 200)
})

export const startRunOverHttp = overHttp(startRunVerb, async ({ ctx, input }) => {
  const { run, isReplay } = await startRunVerb(ctx, input)
  return reply(run, isReplay ? 200 : 201)
})

export const recordStepOverHttp = overHttp(recordStepVerb, async ({ ctx, input }) => {
  const { step, isReplay } = await recordStepVerb(ctx, input)
  return reply(step, isReplay ? 200 : 201, replayed(isReplay))
})

export const askOverHttp = overHttp(askVerb, async ({ ctx, input, request }) => {
  const seconds = waitSeconds(request)
  const tool_call_id = callIdOf(input.tool_call_id, request)
  if (seconds > 0) requireRoomToWait(ctx, settings().maxWaitsPerKey)
  const asked = await withDeadline(askVerb(ctx, { ...input, tool_call_id }))
  const headers = replayed(asked.isReplay)
  const status = statusOf(asked)
  if (!asked.approval) return reply(asked.answer, status, headers)
  if (seconds > 0) headers['Preference-Applied'] = `wait=${seconds}`
  else if (input.claim_id === undefined) return reply(asked.answer, status, headers)
  const holding = holdAsked(ctx, asked, waitOf(seconds, request), input.claim_id)
  const held = await withDeadline(holding, seconds)
  return reply(held.answer, status, headers)
})

export const readRunOverHttp = overHttp(readRunVerb, async ({ ctx, input, request }) => {
  const read = () => readRunVerb(ctx, input)
  const seconds = waitSeconds(request)
  if (seconds === 0) return read()
  const known = request.headers.get('if-none-match')
  const isKnown = known === null ? undefined : (run: object) => isNamed(textTag(writeJson(run)), known)
  const run = readRunWithNews(ctx, input.id, waitOf(seconds, request), read, isKnown)
  return reply(await withDeadline(run, seconds), 200, { 'Preference-Applied': `wait=${seconds}` })
})

/** Where an approval was made, 201. */
const statusOf = (asked: Asked) => (asked.approval && !asked.isReplay ? 201 : 200)

export const askManyOverHttp = overHttp(askManyVerb, async ({ ctx, input, request, requestId }) => {
  const asked = await askManyVerb(ctx, input, request.signal)
  const results = asked.map((one) =>
    one instanceof AppError
      ? { status: one.status, problem: toProblem(one, requestId, ctx.appUrl) }
      : { status: statusOf(one), answer: one.answer },
  )
  return { results }
})

export const readApprovalOverHttp = overHttp(readApprovalVerb, async ({ ctx, input, request }) => {
  const approval = await withDeadline(readApprovalVerb(ctx, input))
  const seconds = waitSeconds(request)
  if (seconds === 0) return approval
  const headers = { 'Preference-Applied': `wait=${seconds}` }
  if (approval.status !== 'pending') return reply(approval, 200, headers)
  const settled = await withDeadline(waitForApproval(ctx, approval.id, waitOf(seconds, request)), seconds)
  return reply(approvalToWire(settled, linkBase(ctx)), 200, headers)
})

export const claimOverHttp = overHttp(claimVerb, async ({ ctx, input }) => {
  const { approval, isReplay } = await claimVerb(ctx, input)
  return reply(approval, 200, replayed(isReplay))
})

/** What tells that the answer is an earlier one's. */
function replayed(isReplay: boolean): Record<string, string> {
  return isReplay ? { 'Idempotency-Replayed': 'true' } : {}
}

function waitOf(seconds: number, { signal }: Request): Wait {
  return { seconds, mostWaits: settings().maxWaitsPerKey, signal }
}

export const decideOverHttp = overHttp(decideVerb, async ({ ctx, input }) => {
  const { approval, isReplay } = await decideVerb(ctx, input)
  if (isReplay) return reply(approval, 200, replayed(true))
  return reply(approval, 201, { Location: `/api/approvals/${approval.id}` })
})

export const decideManyOverHttp = overHttp(decideManyVerb, async ({ ctx, input, requestId }) => {
  const { results } = await decideManyVerb(ctx, input)
  return {
    results: results.map((result) =>
      'problem' in result ? { ...result, problem: toProblem(result.problem, requestId, ctx.appUrl) } : result,
    ),
  }
})

export const readCheckpointOverHttp = overHttp(readCheckpointVerb, async ({ ctx, input }) => {
  const { contentType, body, version: saved } = await readCheckpointVerb(ctx, input)
  // Opaque bytes of an agent: never rendered by a browser, whatever type they claim.
  const headers = {
    'Content-Type': contentType,
    ETag: versionTag(saved),
    'Content-Disposition': 'attachment',
    'Content-Security-Policy': 'sandbox',
  }
  return new Response(new Uint8Array(body), { headers })
})

export const streamApprovalsOverHttp = overHttp(streamApprovalsVerb, async ({ ctx, input, request }) => {
  const lastEventId = request.headers.get('last-event-id')
  return eventStream(ctx, (signal) => streamApprovals(ctx, lastEventId, signal, input.events), request.signal)
})

const exportTypes = {
  ndjson: 'application/x-ndjson; charset=utf-8',
  csv: 'text/csv; charset=utf-8; header=present',
}

const download = (read: typeof exportAudit | typeof readWholeAudit) =>
  overHttp(read as typeof readWholeAudit, async ({ ctx, input }) => {
    const headers = {
      'Content-Type': exportTypes[input.format],
      'Content-Disposition': `attachment; filename="audit-${ctx.project.slug}.${input.format}"`,
    }
    return new Response(textStream(await read(ctx, input)), { headers })
  })

/** The console's is a POST, which leaves an entry; a GET, which a link or a prefetch may be, only reads. */
export const exportAuditOverHttp = download(exportAudit)
export const readWholeAuditOverHttp = download(readWholeAudit)

export const answerHookOverHttp = overHttp(answerHookVerb, async ({ ctx, input, request, requestId }) => {
  const { maxWaitsPerKey: mostWaits } = settings()
  const onFault = (error: unknown) => logError('hook', requestId, error)
  const answer = (signal: AbortSignal) => answerHookVerb(ctx, input, { mostWaits, signal, onFault })
  return heldJson(ctx, answer, request.signal)
})
