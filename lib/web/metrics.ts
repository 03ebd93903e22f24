import type { Counts } from '@/db/queries/metrics'

const names: Record<keyof Counts | 'waits', [name: string, help: string]> = {
  pending: ['holdpoint_approvals_pending', 'Approvals that wait for a decision.'],
  overdue: [
    'holdpoint_approvals_overdue',
    'Pending approvals past their deadline that no sweep has written yet.',
  ],
  unsealed: ['holdpoint_audit_unsealed', 'Audit entries that wait for their number and hash.'],
  undispatched: ['holdpoint_events_undispatched', 'Outbox rows that no notice was made of yet.'],
  jobs: ['holdpoint_jobs_waiting', 'Jobs to be done, retries included.'],
  failedJobs: ['holdpoint_jobs_parked', 'Jobs that were given up.'],
  waits: ['holdpoint_waits_open', 'Requests of this process that wait for a decision.'],
}

/** Gauges in Prometheus' text format, with the process's memory. */
export function prometheusText(counts: Counts & { waits: number }): string {
  const lines = Object.entries(names).map(([key, [name, help]]) =>
    gauge(name, help, counts[key as keyof typeof names]),
  )
  lines.push(
    gauge('process_resident_memory_bytes', 'Resident memory of this process.', process.memoryUsage.rss()),
  )
  return lines.join('')
}

function gauge(name: string, help: string, value: number): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${name} ${value}\n`
}
