import { z } from 'zod'
import { isTransaction, type Queryable } from '@/db/client'
import { findApprovalsOfCalls } from '@/db/queries/approvals'
import { findToolCallsOfRun, runNamed } from '@/db/queries/runs'
import { writeManyInRun } from '@/db/writes/ask'
import { compiledPolicy } from '@/lib/agents/policy'
import { renewed, requireAgentKey, type Context, type KeyActor } from '@/lib/context'
import { AppError } from '@/lib/errors'
import { digestOf } from '@/lib/json/digest'
import { writeJson } from '@/lib/json/write'
import { linkBase } from '@/lib/paths'
import { actInRun } from '@/lib/runs/in-run'
import { isFinished } from '@/lib/runs/statuses'
import { verb } from '@/lib/verb'
import type { Wake } from '@/lib/wake/wake'
import { askApproval, isDone, lookToAsk, notAskedNow, refuseAsk, runIsOver, type Ask } from './ask'
import { requireSchema, requireToolName } from './ask-input'
import { Asked } from './asked'
import { approvalValues, callValues, judge, newApproval, newCall, requested, runValues } from './call-rows'
import { holdAsked } from './hold-asked'
import { withParties } from './parties'
import { requireReplaceable } from './supersede'
import { beginDirectAsk, margin, type DirectAsk } from './pending-cap'
import { refuseUnjustified } from './refuse-unjustified'
import { replayOf } from './replay'
import { AskedApproval, AskManyInput, NotRequired } from './schemas'
import type { Wait } from '@/lib/wake/room'

const need = { scope: 'run' } as const

type OneAsked = Asked | AppError
/** Near the cap of pending approvals each is asked for by itself, and where repeats are refused. */
type Outcome = OneAsked[] | 'apart' | undefined

/**
 * May these calls of one run be run? Each is asked for by itself, as if in this order: one that is refused stops no
 * other. They share a look, a look for those that were asked for before, and a write; what is new of them is there
 * together or not at all.
 * @param signal the caller hanging up, for whom nothing is claimed
 * @returns for each, in order, what it came to or why it was refused
 * @throws AppError where the caller may ask for nothing, or there is no such run
 */
export async function askMany(
  ctx: Context,
  input: AskManyInput,
  signal = new AbortController().signal,
): Promise<OneAsked[]> {
  const { actor } = ctx
  if (actor.type !== 'key') return refuseOthers(ctx)
  const known = { ...ctx, actor }
  const asks = input.calls.map((call): ManyAsk => {
    const source = { params: writeJson(call.params), context: call.context && writeJson(call.context) }
    return { ...call, run_id: input.run_id, turnId: input.turn_id, source }
  })
  const underWay = beginDirectAsk(asks.length)
  const act = (db: Queryable, wakes: Wake[]) => askAll(db, known, input.run_id, asks, underWay, wakes)
  let asked: OneAsked[] | 'apart'
  try {
    asked = await actInRun(ctx, need, () => runNamed(input.run_id), act)
  } finally {
    underWay.end()
  }
  if (asked === 'apart') asked = await oneByOne(asks, (ask) => askApproval(ctx, ask))
  return claimed(ctx, asks, asked, { seconds: 0, mostWaits: 0, signal })
}

type ManyAsk = Ask & { tool_call_id: string }

async function refuseOthers(given: Context): Promise<never> {
  requireAgentKey(await renewed(given), 'run')
  throw new Error('asks were refused for no reason')
}

async function askAll(
  db: Queryable,
  ctx: Context<KeyActor>,
  runName: string,
  asks: ManyAsk[],
  underWay: DirectAsk,
  wakes: Wake[],
): Promise<Outcome> {
  const seen = await lookToAsk(db, ctx, { run_id: runName }, wakes)
  if (!seen?.run || !seen.scopes.includes('run')) return refuseAsk(ctx, { run_id: runName })
  if (seen.hasDue) return undefined
  const { run } = seen
  const earlier = await findEarlier(db, ctx, run.id, asks)
  const policy = { ...seen, compiled: await compiledPolicy(db, seen.versionId) }
  const base = linkBase(ctx)
  const held = { ...run, status: 'awaiting_approval' as const }
  const news: object[] = []
  const approvalIds: string[] = []
  const replaced = new Set<string>()
  let refusesRepeats = false
  const judgeOne = async (ask: ManyAsk): Promise<OneAsked | undefined> => {
    requireToolName(ask.tool)
    requireSchema(ask.params_schema)
    const digest = digestOf(ask.tool, ask.params)
    const before = earlier.get(ask.tool_call_id)
    const again = { toolCallId: ask.tool_call_id, digest, startId: ask.start_id }
    if (before) return replayOf(db, ctx, again, before.call, run, { ...before, pause: seen.pause })
    if (isFinished(run.status)) return runIsOver()
    if (seen.pause) return notAskedNow(ctx, seen.pause)
    const judged = await withParties(db, ctx, policy, judge(policy, run, ask, seen.now))
    if (judged.action === 'ask' && judged.terms?.repeat === 'refuse') refusesRepeats = true
    const unjustified = refuseUnjustified(judged, ask.description)
    if (unjustified) return unjustified
    const isHeld = judged.action !== 'allow'
    const call = newCall(ctx, run, ask, digest, isHeld, policy, seen.now)
    if (judged.action === 'allow') {
      news.push({ ...callValues(call), required: false })
      return new Asked(base, { call, run }, false)
    }
    const { supersedes } = ask
    if (supersedes !== undefined)
      await requireReplaceable(
        db,
        { projectId: ctx.project.id, runId: run.id, tool: call.tool, id: supersedes },
        replaced,
      )
    const approval = newApproval(ctx, run, call, judged, seen.now, supersedes)
    news.push({ ...callValues(call), ...approvalValues(approval), required: true })
    approvalIds.push(approval.id)
    return new Asked(base, { call, run: held, approval: requested(held, call, approval) }, false)
  }
  const asked = await oneByOne(asks, judgeOne)
  if (!asked.every((one) => one !== undefined)) return undefined
  if (news.length === 0) return asked
  if (refusesRepeats) return 'apart'
  const most = ctx.limits.maxPendingPerAgent
  const pending = isTransaction(db) ? seen.pending + margin : seen.pending
  if (approvalIds.length > 0 && !underWay.hasRoom(pending, most)) return 'apart'
  const waiting =
    approvalIds.length > 0 ? { ...held, pendingCount: run.pendingCount + approvalIds.length } : run
  const values = { key_id: ctx.actor.id, ...runValues(waiting, run) }
  if (!(await isDone(db, writeManyInRun(db, values, { calls: news })))) return undefined
  for (const approvalId of approvalIds) wakes.push({ projectId: ctx.project.id, approvalId })
  return asked
}

/** The calls among these that were asked for before, by the caller's ids, each with what holds it. */
async function findEarlier(db: Queryable, ctx: Context, runId: string, asks: ManyAsk[]) {
  const { id: projectId } = ctx.project
  const ids = asks.map((ask) => ask.tool_call_id)
  const calls = await findToolCallsOfRun(db, projectId, runId, ids)
  const gated = calls.filter(({ required }) => required).map(({ id }) => id)
  const approvals = gated.length === 0 ? [] : await findApprovalsOfCalls(db, projectId, gated)
  const approvalOf = new Map(approvals.map((approval) => [approval.callId, approval]))
  return new Map(calls.map((call) => [call.toolCallId, { call, approval: approvalOf.get(call.id) }]))
}

/** Claims what is approved already, for those that brought an id for it. */
async function claimed(ctx: Context, asks: ManyAsk[], asked: OneAsked[], wait: Wait): Promise<OneAsked[]> {
  return oneByOne([...asked.entries()], async ([at, one]) =>
    one instanceof AppError ? one : holdAsked(ctx, one, wait, asks[at]?.claim_id),
  )
}

/** Refusals of one are its answer; those that hold for every one of them are the answer to the whole. */
async function oneByOne<T, R>(items: T[], work: (item: T) => Promise<R>): Promise<(R | AppError)[]> {
  const results: (R | AppError)[] = []
  for (const item of items) {
    try {
      results.push(await work(item))
    } catch (error) {
      if (!(error instanceof AppError) || isAboutCaller(error)) throw error
      results.push(error)
    }
  }
  return results
}

function isAboutCaller({ code }: AppError): boolean {
  return ['unauthenticated', 'forbidden', 'agent_key_required', 'unavailable'].includes(code)
}

export const askManyVerb = verb(
  {
    summary: 'May these calls of one run be run? Each by itself',
    need,
    input: AskManyInput,
    output: z.object({
      results: z.array(
        z.object({
          status: z.int().meta({ description: 'As the ask by itself would be answered.' }),
          answer: z.union([NotRequired, AskedApproval]).optional(),
          problem: z.looseObject({}).optional(),
        }),
      ),
    }),
    refuses: ['not_found'],
    bucket: 'ask',
    keepsTime: true,
    proves: true,
  },
  askMany,
)
