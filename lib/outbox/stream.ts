import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import type { ApprovalStatus } from '@/db/queries/approvals'
import { listPauses } from '@/db/queries/pauses'
import { findLastEventSeq, listEventsAfter, type EventRecord } from '@/db/queries/events'
import { setBounded } from '@/lib/bounded-map'
import type { Context } from '@/lib/context'
import { reader } from '@/lib/need'
import { assertStillKnown } from '@/lib/rights'
import { someOf } from '@/lib/query'
import { verb } from '@/lib/verb'
import { onWake } from '@/lib/wake/wake'
import { dispatchEvents } from './dispatch'

/** Of an approval its id, and what it became; of a pause the agent, null for the whole project. */
type EventData = { id: string; status?: ApprovalStatus } | { agent: string | null }

/** One event of the stream; `id` is what `Last-Event-ID` resumes after. */
export type StreamEvent = { id: string; event: string; data: EventData }

/** What every stream is told of where it names nothing, and no more: whoever listens knows no other. */
const told: Partial<Record<EventRecord['type'], { event: string; status: ApprovalStatus }>> = {
  requested: { event: 'approval.requested', status: 'pending' },
  approved: { event: 'approval.decided', status: 'approved' },
  rejected: { event: 'approval.decided', status: 'rejected' },
  expired: { event: 'approval.expired', status: 'expired' },
  cancelled: { event: 'approval.cancelled', status: 'cancelled' },
}

/** What a stream is told of where it names it: what people do about a request without ending it. */
const toldByName: Partial<Record<EventRecord['type'], string>> = {
  voted: 'approval.voted',
  extended: 'approval.extended',
  assigned: 'approval.assigned',
  commented: 'approval.commented',
  edited: 'approval.edited',
  escalated: 'approval.escalated',
}

const streamNames = [
  'approval.requested',
  'approval.decided',
  'approval.expired',
  'approval.cancelled',
  'approval.voted',
  'approval.extended',
  'approval.assigned',
  'approval.commented',
  'approval.edited',
  'approval.escalated',
  'agent.paused',
  'agent.resumed',
] as const

/** An event as a stream has it; undefined where the stream is not told of it. */
function eventOf(
  { seq, approvalId, type }: EventRecord,
  wanted?: readonly string[],
): StreamEvent | undefined {
  const known = told[type]
  const event = known?.event ?? toldByName[type]
  if (event === undefined || !(wanted?.includes(event) ?? known)) return undefined
  return { id: String(seq), event, data: { id: approvalId, ...(known && { status: known.status }) } }
}

const pollMs = 1500
/** How often it is looked for pauses, of which the outbox has no events: once for all streams of a project. */
const pausesMs = 2000
const mostProjects = 1000
/** What happens within this after the first event is looked for in one go. */
const gatherMs = 50

/**
 * The project's approval events from now on, or from after `lastEventId`, in order, none twice and none
 * left out, until the caller hangs up or the credential no longer opens anything. Between events it
 * yields null now and then, so that the connection shows life.
 * @param wanted names of events; without, those that there were from the first
 */
export async function* streamApprovals(
  ctx: Context,
  lastEventId: string | null,
  signal: AbortSignal,
  wanted?: readonly string[],
): AsyncGenerator<StreamEvent | null> {
  let seq = /^\d{1,15}$/.test(lastEventId ?? '')
    ? Number(lastEventId)
    : await findLastEventSeq(ctx.db, ctx.project.id)
  const bell = new Bell(ctx.project.id)
  const pauses = wanted?.some((event) => event.startsWith('agent.')) ? await Pauses.of(ctx) : undefined
  try {
    yield null
    while (!signal.aborted) {
      await dispatchEvents(ctx.db)
      const events = await listEventsAfter(ctx.db, ctx.project.id, seq)
      await assertStillKnown(ctx.db, ctx)
      for (const event of (await pauses?.changed(ctx)) ?? []) {
        if (wanted?.includes(event.event)) yield { id: String(seq), ...event }
      }
      for (const one of events) {
        const event = eventOf(one, wanted)
        if (event) yield event
        seq = one.seq
      }
      if (events.length > 0) continue
      if (await bell.rung(pollMs, signal)) await pause(gatherMs)
      else yield null
    }
  } finally {
    bell.stop()
  }
}

/** What is paused, as a stream last told it. */
class Pauses {
  private constructor(private paused: ReadonlySet<string | null>) {}

  static async of(ctx: Context): Promise<Pauses> {
    return new Pauses(await pausedOf(ctx))
  }

  /** What was paused or goes on since it was last asked. */
  async changed(ctx: Context): Promise<Omit<StreamEvent, 'id'>[]> {
    const before = this.paused
    this.paused = await pausedOf(ctx)
    const tell = (event: string, agents: Iterable<string | null>) =>
      [...agents].map((agent) => ({ event, data: { agent } }))
    return [
      ...tell(
        'agent.paused',
        [...this.paused].filter((agent) => !before.has(agent)),
      ),
      ...tell(
        'agent.resumed',
        [...before].filter((agent) => !this.paused.has(agent)),
      ),
    ]
  }
}

type Looked = { until: number; paused: Promise<ReadonlySet<string | null>> }
const lookedFor = new Map<string, Looked>()

async function pausedOf(ctx: Context): Promise<ReadonlySet<string | null>> {
  const { id } = ctx.project
  const last = lookedFor.get(id)
  if (last && performance.now() < last.until) return last.paused
  const paused = readPaused(ctx)
  setBounded(lookedFor, id, { until: performance.now() + pausesMs, paused }, mostProjects)
  paused.catch(() => lookedFor.delete(id))
  return paused
}

async function readPaused({ db, project }: Context): Promise<ReadonlySet<string | null>> {
  const { project: all, agents } = await listPauses(db, project.id)
  return new Set([...(all ? [null] : []), ...agents.map(({ name }) => name)])
}

/** Rings when something of the project changed. */
class Bell {
  private isRung = false
  private ring: () => void = () => {}
  readonly stop: () => void

  constructor(projectId: string) {
    this.stop = onWake((wakes) => {
      if (!wakes.some((one) => one.projectId === projectId)) return
      this.isRung = true
      this.ring()
    })
  }

  /** Whether it rang within the time; an abort ends the waiting. */
  async rung(ms: number, signal: AbortSignal): Promise<boolean> {
    if (!this.isRung && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(() => this.ring(), ms)
        this.ring = () => {
          clearTimeout(timer)
          signal.removeEventListener('abort', this.ring)
          resolve()
        }
        signal.addEventListener('abort', this.ring)
      })
    }
    const was = this.isRung
    this.isRung = false
    return was
  }
}

export const streamApprovalsVerb = verb(
  {
    summary: 'Hear of approvals as they change',
    need: reader,
    query: z.strictObject({ events: someOf(streamNames) }),
    output: { media: 'text/event-stream' },
    refuses: ['too_many_streams'],
    keepsTime: true,
  },
  async (ctx, { events }, lastEventId: string | null) =>
    (signal: AbortSignal) =>
      streamApprovals(ctx, lastEventId, signal, events),
)
