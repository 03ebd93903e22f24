import type { Queryable } from '@/db/client'
import { findContext, type ContextRecord } from '@/db/queries/approval-context'
import type { Context } from '@/lib/context'
import { notFound } from '@/lib/errors'
import { setBounded } from '@/lib/bounded-map'
import { readJson } from '@/lib/json/read'
import { writeJson } from '@/lib/json/write'
import { reader } from '@/lib/need'
import { verb } from '@/lib/verb'
import { readTerms } from '@/lib/policy/terms-text'
import { expireBeforeReading } from '../expire'
import { requireApprovalId } from '../id'
import { lacksOf } from '../lack'
import { ApprovalById } from '../schemas'
import { changesBetween, valuesOf } from './compare'
import type { CueKind } from './cue-filter'
import { cuesOf, fewest, isName, kindsOf, numbersAt, type Facts, type Precedent } from './cues'
import { ApprovalContext } from './schemas'

const mostChanged = 20
const mostLately = 3
const mostNumbers = 3
const mostCharacters = 300

/** What is on record around a request, for the person who decides: in one statement. */
export const readContextVerb = verb(
  {
    summary: 'Read what led to a request and what became of similar ones',
    need: reader,
    path: ApprovalById,
    output: ApprovalContext,
    refuses: ['not_found'],
  },
  (ctx, { id }) => readContext(ctx, id),
)

/** @throws AppError `invalid_id`, `not_found` */
export async function readContext(ctx: Context, id: string): Promise<ApprovalContext> {
  requireApprovalId(id)
  await expireBeforeReading(ctx)
  const record = await findContext(ctx.db, ctx.project.id, id)
  if (!record) throw notFound()
  return contextToWire(id, record, await lackIn(ctx.db, ctx.project.id, id, record))
}

/** Whom it takes, where too few of them are there; nothing is read where the policy does not say who decides. */
async function lackIn(
  db: Queryable,
  projectId: string,
  id: string,
  { asked, run }: ContextRecord,
): Promise<string | null> {
  const terms = readTerms(asked.terms)
  const waiting = { id, terms, requestedAt: new Date(asked.requestedAt), initiator: run.initiator }
  return (await lacksOf(db, projectId, [waiting]))[0] ?? null
}

const mostTold = 2
const rememberedMs = 60_000
const mostRemembered = 1000
const told = new Map<string, { until: number; cues: Promise<string[]> }>()

/**
 * The first cues of a request in sentences, for mails and chats, read once a minute for all who are told of it. What
 * cannot be read keeps nobody from being told: then there are none.
 */
export async function readCues(db: Queryable, projectId: string, id: string): Promise<string[]> {
  const known = told.get(id)
  if (known && known.until > performance.now()) return known.cues
  const cues = cuesIn(db, projectId, id)
  setBounded(told, id, { until: performance.now() + rememberedMs, cues }, mostRemembered)
  return cues
}

async function cuesIn(db: Queryable, projectId: string, id: string): Promise<string[]> {
  try {
    // in a transaction, a savepoint
    return await db.transaction(async (tx) => {
      const record = await findContext(tx, projectId, id)
      const cues = record ? cuesOf(factsOf(record, await lackIn(tx, projectId, id, record))) : []
      return cues.slice(0, mostTold).map(({ text }) => text)
    })
  } catch {
    return []
  }
}

/** The kinds of all cues of a request that are of itself; none where it is gone. */
export async function readCueKinds(db: Queryable, projectId: string, id: string): Promise<CueKind[]> {
  const record = await findContext(db, projectId, id)
  return record ? kindsOf(factsOf(record, null)) : []
}

const moment = (text: string) => new Date(text).toISOString()

/** The record in its words; pure. */
function contextToWire(id: string, record: ContextRecord, lack: string | null): ApprovalContext {
  const { run } = record
  const facts = factsOf(record, lack)
  return {
    approval_id: id,
    cues: cuesOf(facts),
    run: {
      id: run.id,
      external_id: run.externalId,
      initiator: run.initiator,
      input: run.input === null ? null : { text: run.input, is_cut: run.isInputCut },
      started_at: moment(run.startedAt),
      earlier: run.earlier,
      steps: record.steps.map((step) => ({ ...step, says: wordsOf(step.says), at: moment(step.at) })),
      others: record.others.map(({ requestedAt, ...other }) => ({
        ...other,
        requested_at: moment(requestedAt),
      })),
    },
    compared: comparedWith(facts),
    similar: {
      counts: record.counts,
      median_wait_ms: medianWait(facts.precedents),
      lately: facts.precedents.slice(0, mostLately).map((one) => ({
        approval_id: one.id,
        status: one.status,
        decided_at: moment(one.resolvedAt),
        reason: one.reason,
        reviewer: one.reviewer,
        run_status: one.runStatus as ApprovalContext['similar']['lately'][number]['run_status'],
        result: one.resultStatus,
      })),
      numbers: numbersOf(facts),
    },
  }
}

/** What was recorded was JSON: of a text its words, also where its end was cut off. */
function wordsOf(json: string | null): string | null {
  if (json?.startsWith('"') !== true) return json
  const whole = [json, `${json}"`, `${json.replace(/\\[^"]*$/, '')}"`].map((text) => {
    try {
      return JSON.parse(text) as unknown
    } catch {
      return undefined
    }
  })
  const words = whole.find((text) => typeof text === 'string')
  return typeof words === 'string' ? words : json
}

function factsOf(record: ContextRecord, lack: string | null): Facts {
  return { ...record, lack, values: valuesIn(record.asked.params), precedents: precedentsOf(record) }
}

function valuesIn(params: string) {
  return valuesOf(readJson(params) as Record<string, unknown>)
}

function precedentsOf({ decided }: ContextRecord): Precedent[] {
  return decided.map((one) => ({ ...one, values: one.params === null ? new Map() : valuesIn(one.params) }))
}

function comparedWith({ asked, values, precedents }: Facts): ApprovalContext['compared'] {
  const last = precedents.find(({ status, agent }) => status === 'approved' && agent === asked.agent)
  if (!last) return null
  const { changes, same } = changesBetween(last.values, values)
  const short = (value: unknown) => (value === undefined ? null : cut(writeJson(value)))
  const place = { approval_id: last.id, decided_at: moment(last.resolvedAt) }
  if (last.params === null) return { ...place, is_too_long: true, same: 0, different: 0, changed: [] }
  return {
    ...place,
    is_too_long: false,
    same,
    different: changes.length,
    changed: changes.slice(0, mostChanged).map(({ path, before, after, factor }) => ({
      path,
      before: short(before),
      after: short(after),
      factor,
    })),
  }
}

function cut(text: string): string {
  return text.length <= mostCharacters ? text : `${[...text.slice(0, mostCharacters)].slice(0, -1).join('')}…`
}

/** Of those on which a person decided. */
function medianWait(precedents: readonly Precedent[]): number | null {
  const waits = precedents
    .filter(({ reviewer }) => reviewer !== null)
    .map(({ requestedAt, resolvedAt }) => Date.parse(resolvedAt) - Date.parse(requestedAt))
    .sort((one, other) => one - other)
  return waits[Math.floor(waits.length / 2)] ?? null
}

/** Numbers that vary among the earlier calls, of which there are a few; none that names something or that a double does not keep. */
function numbersOf({ values, precedents }: Facts): ApprovalContext['similar']['numbers'] {
  return [...values]
    .flatMap(([path, value]) => {
      if (typeof value !== 'number' || isName(path)) return []
      const calls = numbersAt(precedents, path).flatMap(({ id, status, value: one }) =>
        typeof one === 'number' ? [{ approval_id: id, status, value: one }] : [],
      )
      if (calls.length < fewest || calls.every((one) => one.value === value)) return []
      const lower = calls.filter((one) => one.value < value).length
      return [{ path, value, higher_than: lower / calls.length, calls }]
    })
    .slice(0, mostNumbers)
}
