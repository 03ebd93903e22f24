import { setTimeout as pause } from 'node:timers/promises'
import type { Database } from '@/db/client'
import {
  listRecordedCalls,
  listRecordedTexts,
  type RecordedCall,
  type RecordedTexts,
} from '@/db/queries/recorded-calls'
import { readJson } from '@/lib/json/read'
import { compilePolicy, gate, mergeContext, type Call, type CompiledPolicy } from '@/lib/policy/gate'
import { compareEntries, type EntryText } from '@/lib/policy/loosens'
import type { Policy } from '@/lib/policy/policy'
import { compileWildcard, isWildcard } from '@/lib/policy/wildcard'

/** In what a policy demands less than the one before it; as the audit log keeps it. */
export type Loosening = {
  /** Entries whose tools nothing gates any more. */
  removed: EntryText[]
  /** Entries that gate on a condition what was gated always. */
  made_conditional: EntryText[]
  /** Entries that gate as before, and let others decide or demand less of a decision; there only where there are any. */
  demands_less?: EntryText[]
  /** What both policies say of recorded calls; null where the new one lets none through that the old one holds. */
  fires_less: {
    /** How many calls of the tools concerned there were to compare, and how many could be. */
    recorded: number
    compared: number
    /** How many of them each policy holds. */
    before: number
    after: number
    /** How many the old policy holds and the new one does not. */
    let_through: number
    /** Some of these: the approval where there was one, else the call. */
    examples: string[]
  } | null
}

type Agent = { projectId: string; id: string; name: string }

const mostCalls = 1000
const mostBytes = 8 << 20
const bytesAtOnce = 1 << 20
const mostExamples = 10
/** Of work, without the reading and the rests. */
const mostWorkMs = 200
const sliceMs = 10

/**
 * Whether a policy demands less than the one in force: an entry less, a condition where there was none, others or fewer
 * who decide, or a call among the last 1,000 recorded ones that the old policy holds and the new one lets through. Reads at most 8 MB of
 * them, those that were held first, and works for at most 200 ms, in slices with rests as long; a policy too slow for
 * that counts as looser.
 * @returns undefined where it demands no less
 */
export async function findLoosening(
  db: Database,
  agent: Agent,
  before: Policy,
  after: Policy,
): Promise<Loosening | undefined> {
  const { removed, madeConditional, weakened, demandsLess } = compareEntries(before, after)
  const firesLess = weakened.length === 0 ? null : await replay(db, agent, weakened, before, after)
  if ([...removed, ...madeConditional, ...demandsLess].length === 0 && !firesLess) return undefined
  return {
    removed,
    made_conditional: madeConditional,
    ...(demandsLess.length > 0 ? { demands_less: demandsLess } : {}),
    fires_less: firesLess,
  }
}

type Replayed = NonNullable<Loosening['fires_less']>

/** Judges recorded calls by both policies; those alone whose tools a weakened entry names: no other can be let through. */
async function replay(
  db: Database,
  agent: Agent,
  weakened: EntryText[],
  before: Policy,
  after: Policy,
): Promise<Replayed | null> {
  const [old, young] = [compilePolicy(before), compilePolicy(after)]
  const isNamed = namesAny(weakened)
  const named = (await listRecordedCalls(db, agent, mostCalls)).filter(({ tool }) => isNamed(tool))
  const calls = named.slice(0, mostCalls)
  const found: Replayed = {
    recorded: calls.length,
    compared: 0,
    before: 0,
    after: 0,
    let_through: 0,
    examples: [],
  }
  const slices = new Slices()
  for (const ids of batchesOf(calls)) {
    for (const recorded of await listRecordedTexts(db, ids)) {
      if (slices.spentMs > mostWorkMs) return found
      await slices.work(() => judgeBoth(found, recorded, agent, old, young))
    }
  }
  return found.let_through > 0 ? found : null
}

function judgeBoth(
  found: Replayed,
  recorded: RecordedTexts,
  agent: Agent,
  old: CompiledPolicy,
  young: CompiledPolicy,
): void {
  const call = callOf(recorded, agent)
  const isHeld = gate(old, call).action !== 'allow'
  const wouldBeHeld = gate(young, call).action !== 'allow'
  found.compared += 1
  if (isHeld) found.before += 1
  if (wouldBeHeld) found.after += 1
  if (!isHeld || wouldBeHeld) return
  found.let_through += 1
  if (found.examples.length < mostExamples) found.examples.push(recorded.approvalId ?? recorded.id)
}

/** The call as the gate saw it when it was asked for. */
function callOf(recorded: RecordedTexts, agent: Agent): Call {
  const read = (text: string | null) => (text === null ? {} : (readJson(text) as Record<string, unknown>))
  const context = mergeContext(read(recorded.runContext), read(recorded.context), {
    run_id: recorded.runId,
    agent_name: agent.name,
    timestamp: recorded.startedAt,
  })
  return { tool: recorded.tool, params: read(recorded.params), context }
}

function namesAny(entries: EntryText[]): (tool: string) => boolean {
  const names = new Set(entries.map(({ tool }) => tool))
  const wildcards = [...names].filter(isWildcard).map(compileWildcard)
  const known = new Map<string, boolean>()
  return (tool) => {
    const isNamed = known.get(tool) ?? (names.has(tool) || wildcards.some((matches) => matches(tool)))
    known.set(tool, isNamed)
    return isNamed
  }
}

/**
 * Ids of calls of about a megabyte at a time, until the bytes are used up; the smallest first, so that a few large
 * calls do not hide many.
 */
function* batchesOf(calls: RecordedCall[]): Generator<string[]> {
  let batch: string[] = []
  let size = 0
  let total = 0
  const inOrder = calls.toSorted((a, b) => Number(b.isHeld) - Number(a.isHeld) || a.bytes - b.bytes)
  for (const { id, bytes } of inOrder) {
    total += bytes
    if (total > mostBytes) break
    batch.push(id)
    size += bytes
    if (size < bytesAtOnce) continue
    yield batch
    batch = []
    size = 0
  }
  if (batch.length > 0) yield batch
}

/** Work by the slice, each followed by a rest as long, in which others are served. */
class Slices {
  spentMs = 0
  private restedAt = 0

  async work(step: () => void): Promise<void> {
    const begun = performance.now()
    step()
    this.spentMs += performance.now() - begun
    const slice = this.spentMs - this.restedAt
    if (slice < sliceMs) return
    await pause(slice)
    this.restedAt = this.spentMs
  }
}
