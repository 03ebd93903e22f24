import type { RecordedStep, RunWithSteps, ToolCall } from '@/lib/runs/schemas'
import * as say from '@/words/runs/trace-row'

/** What the trace reads of a run: no inputs and outputs, which are read when a step is opened. */
export const traceFields = [
  'id',
  'agent',
  'status',
  'started_at',
  'finished_at',
  'steps',
  'kind',
  'tool',
  'tool_call_id',
  'name',
  'approval',
  'brief',
  'ended_at',
] as const

/** Of a run what a trace is drawn from. */
export type Trace = Pick<RunWithSteps, 'id' | 'agent' | 'status' | 'started_at' | 'finished_at'> & {
  rows: TraceRow[]
  next_cursor: string | null
}

/** One line of a trace; times in milliseconds since 1970. */
export type TraceRow = {
  id: string
  kind: 'tool' | RecordedStep['kind']
  name: string
  /** The caller's id of a tool call. */
  callId: string | null
  status: ToolCall['status'] | null
  /** How the JSON of what it gave back begins, or of what it was given. */
  brief: string
  /** Whether that was recorded, rather than asked for: it then has marks for what cannot be kept. */
  isRecorded: boolean
  startedAt: number
  endedAt: number | null
  /** A person's time within it. */
  wait: { from: number; until: number | null; words: string } | null
}

/** A run as the API gives it with `traceFields`, as little of it as is drawn. */
export function traceOf({ steps, ...run }: RunWithSteps): Trace {
  const { id, agent, status, started_at, finished_at, next_cursor } = run
  return { id, agent, status, started_at, finished_at, next_cursor, rows: steps.map(rowOf) }
}

function rowOf(step: ToolCall | RecordedStep): TraceRow {
  const { id, kind, started_at, ended_at, brief } = step
  const common = {
    id,
    brief: brief?.output ?? brief?.input ?? '',
    isRecorded: kind !== 'tool' || brief?.output != null,
    startedAt: Date.parse(started_at),
    endedAt: ended_at === null ? null : Date.parse(ended_at),
  }
  if (kind !== 'tool') return { ...common, kind, name: step.name, callId: null, status: null, wait: null }
  return {
    ...common,
    kind,
    name: step.tool,
    callId: step.tool_call_id,
    status: step.status,
    wait: waitOf(step),
  }
}

function waitOf({ approval }: ToolCall): TraceRow['wait'] {
  if (approval === null) return null
  const from = Date.parse(approval.requested_at)
  const until = approval.wait_ms === null ? null : from + approval.wait_ms
  return { from, until, words: endWords(approval) }
}

function endWords({ status, decision }: NonNullable<ToolCall['approval']>): string {
  const who = decision?.reviewer.name ?? decision?.reviewer.email
  if (who !== undefined) return (decision?.decision === 'reject' ? say.whoRejected : say.whoApproved)(who)
  return (
    { pending: say.nobodyDecidedYet, expired: say.nobodyDecided, cancelled: say.withdrawn }[
      status as string
    ] ?? status
  )
}

/** What a trace can be narrowed to. */
export const traceFilters = ['all', 'tools', 'model', 'messages', 'failed', 'gated'] as const
export type TraceFilter = (typeof traceFilters)[number]

const failures: ReadonlySet<TraceRow['status']> = new Set(['failed', 'rejected', 'expired'])

const tests: Record<TraceFilter, (row: TraceRow) => boolean> = {
  all: () => true,
  tools: ({ kind }) => kind === 'tool',
  model: ({ kind }) => kind === 'model',
  messages: ({ kind }) => kind === 'message' || kind === 'note',
  failed: hasFailed,
  gated: ({ wait }) => wait !== null,
}

/** A call that failed, or that was not let run. */
export function hasFailed({ status }: TraceRow): boolean {
  return failures.has(status)
}

/** The rows of a filter whose name or beginning holds a text, whatever its case. */
export function filterRows(rows: readonly TraceRow[], filter: TraceFilter, text = ''): TraceRow[] {
  const wanted = text.trim().toLowerCase()
  return rows.filter(
    (row) =>
      tests[filter](row) && (wanted === '' || `${row.name}\n${row.brief}`.toLowerCase().includes(wanted)),
  )
}

/** Where a trace opens: at the step of the address, by its id or the caller's id of its call, else the first that is held, else the last that went wrong. */
export function opensAt(rows: readonly TraceRow[], id?: string): TraceRow | undefined {
  return (
    rows.find((row) => id && (row.id === id || row.callId === id)) ??
    rows.find(({ status }) => status === 'awaiting_approval') ??
    rows.findLast(hasFailed)
  )
}

/** How long people had the run waiting in all, in milliseconds; waits at the same time count once. */
export function waitedMs(rows: readonly TraceRow[], now: number): number {
  const waits = rows
    .flatMap(({ wait }) => (wait ? [{ from: wait.from, until: wait.until ?? now }] : []))
    .sort((a, b) => a.from - b.from)
  let total = 0
  let reached = 0
  for (const { from, until } of waits) {
    total += Math.max(0, until - Math.max(from, reached))
    reached = Math.max(reached, until)
  }
  return total
}

/** From where to where a trace reaches. */
export function extentOf(trace: Trace, now: number): { from: number; until: number } {
  const times = trace.rows.flatMap(({ startedAt, endedAt, wait }) => [
    startedAt,
    endedAt ?? startedAt,
    wait?.until ?? wait?.from ?? startedAt,
  ])
  const from = Math.min(Date.parse(trace.started_at), ...times)
  const end = trace.finished_at === null ? now : Date.parse(trace.finished_at)
  return { from, until: Math.max(end, from + 1, ...times) }
}

/** The same where only the beginning of the input's JSON is at hand, which may end within the text. */
export function subjectIn(json: string): string | null {
  for (const [, text = ''] of json.matchAll(/"(?:[^"\\]|\\.)*"\s*:\s*"((?:[^"\\]|\\.)*)/g)) {
    if (text.trim() !== '') return text.replace(/\\[nrt]/g, ' ').replace(/\\(["\\/])/g, '$1')
  }
  return null
}

/** The first text in a run's input: what the run is about. */
export function subjectOf(input: unknown): string | null {
  if (typeof input === 'string') return input.trim() === '' ? null : input
  if (typeof input !== 'object' || input === null) return null
  for (const value of Object.values(input)) {
    const found = subjectOf(value)
    if (found !== null) return found
  }
  return null
}
