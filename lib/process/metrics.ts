import type { AuditHead, Counts } from '@/db/queries/metrics'
import { workKinds } from '@/db/queries/set-aside'

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

/**
 * Gauges in Prometheus' text format, with the process's memory.
 * @param aside how many rows are set aside, by the kind of work
 * @param heads of audit logs, as they were last published
 */
export function prometheusText(
  counts: Counts & { waits: number },
  aside: Map<string, number>,
  heads: AuditHead[] = [],
): string {
  const lines = Object.entries(names).map(([key, [name, help]]) =>
    gauge(name, help, counts[key as keyof typeof names]),
  )
  const [name, help] = [
    'holdpoint_rows_set_aside',
    'Rows that failed alone and hold up nothing else, by kind of work.',
  ]
  lines.push(gaugeHead(name, help))
  for (const kind of workKinds) lines.push(`${name}{kind="${kind}"} ${aside.get(kind) ?? 0}\n`)
  lines.push(
    gauge('process_resident_memory_bytes', 'Resident memory of this process.', process.memoryUsage.rss()),
  )
  if (heads.length > 0) lines.push(headGauges(heads))
  return lines.join('')
}

/** Slugs and hashes need no escaping in a label. */
function headGauges(heads: AuditHead[]): string {
  const name = 'holdpoint_audit_head'
  const help =
    'Number of the entry that was last published as the head of a project’s audit log, with its hash.'
  const values = heads.map(
    ({ project, seq, hash }) => `${name}{project="${project}",hash="${hash}"} ${seq}\n`,
  )
  return gaugeHead(name, help) + values.join('')
}

function gauge(name: string, help: string, value: number): string {
  return `${gaugeHead(name, help)}${name} ${value}\n`
}

function gaugeHead(name: string, help: string): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n`
}
