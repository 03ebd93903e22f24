import type { Gauge, Registry } from 'prom-client'
import type { AuditHead, Counts } from '@/db/queries/metrics'
import { workKinds } from '@/db/queries/set-aside'
import { measureWith } from '@/lib/measures'

const names: Record<keyof Counts | 'waits', [name: string, help: string]> = {
  pending: ['holdpoint_approvals_pending', 'Approvals that wait for a decision.'],
  overdue: [
    'holdpoint_approvals_overdue',
    'Pending approvals past their deadline that no sweep has written yet.',
  ],
  unsealed: ['holdpoint_audit_unsealed', 'Audit entries that wait for their number and hash.'],
  undispatched: ['holdpoint_events_undispatched', 'Outbox rows that no notice was made of yet.'],
  oldestEventSeconds: ['holdpoint_events_oldest_seconds', 'How long the oldest of them has waited.'],
  unsearched: ['holdpoint_search_waiting', 'Approvals whose text is not in the index yet.'],
  jobs: ['holdpoint_jobs_waiting', 'Jobs to be done, retries and those at work included.'],
  parkedJobs: ['holdpoint_jobs_parked', 'Jobs that were given up.'],
  waits: ['holdpoint_waits_open', 'Requests of this process that wait for a decision.'],
}

/** From milliseconds to the minute for which an answer may wait. */
const requestBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60]
/** From seconds to a day, for people decide. */
const decisionBuckets = [1, 5, 15, 60, 300, 900, 3600, 14_400, 86_400]

const registryKey = Symbol.for('holdpoint.registry')
/** Shared by every copy of this module (bundled for Next, plain for our own server). */
const scope = globalThis as { [registryKey]?: Promise<Registry> }

/**
 * Measures from now on: the process itself, requests, decisions and jobs. It is called where METRICS_TOKEN is set, and
 * by the first who reads the metrics; without either, nothing is loaded and nothing measured.
 */
export function startMeasuring(): Promise<Registry> {
  return (scope[registryKey] ??= makeRegistry())
}

async function makeRegistry(): Promise<Registry> {
  const { collectDefaultMetrics, Histogram, Registry } = await import('prom-client')
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const histogram = <L extends string>(name: string, help: string, labelNames: L[], buckets: number[]) =>
    new Histogram({ name, help, labelNames, buckets, registers: [registry] })
  const requests = histogram(
    'holdpoint_request_seconds',
    'Requests, waits for a decision included, until the answer was sent.',
    ['method', 'route', 'status'],
    requestBuckets,
  )
  const decisions = histogram(
    'holdpoint_decision_seconds',
    'From the ask to the decision of a person, as this process told of it.',
    [],
    decisionBuckets,
  )
  const jobs = histogram(
    'holdpoint_job_seconds',
    'Jobs of this process.',
    ['task', 'outcome'],
    requestBuckets,
  )
  measureWith({
    request: (labels, seconds) => requests.observe(labels, seconds),
    decision: (seconds) => decisions.observe(seconds),
    job: (labels, seconds) => jobs.observe(labels, seconds),
  })
  return registry
}

/**
 * What stands in the database now, and what this process has measured, in Prometheus' text format.
 * @param aside how many rows are set aside, by the kind of work
 * @param heads of audit logs, as they were last published
 */
export async function prometheusText(
  counts: Counts & { waits: number },
  aside: Map<string, number>,
  heads: AuditHead[] = [],
): Promise<string> {
  const [{ Gauge, Registry }, measured] = await Promise.all([import('prom-client'), startMeasuring()])
  const now = new Registry()
  const gauge = <L extends string>(name: string, help: string, labelNames: L[] = []): Gauge<L> =>
    new Gauge({ name, help, labelNames, registers: [now] })
  for (const [key, [name, help]] of Object.entries(names))
    gauge(name, help).set(counts[key as keyof typeof names])
  const rows = gauge(
    'holdpoint_rows_set_aside',
    'Rows that failed alone and hold up nothing else, by kind of work.',
    ['kind'],
  )
  for (const kind of workKinds) rows.set({ kind }, aside.get(kind) ?? 0)
  if (heads.length > 0) {
    const help =
      'Number of the entry that was last published as the head of a project’s audit log, with its hash.'
    const published = gauge('holdpoint_audit_head', help, ['project', 'hash'])
    for (const { project, seq, hash } of heads) published.set({ project, hash }, seq)
  }
  return `${await now.metrics()}\n${await measured.metrics()}`
}
