export const runStatuses = ['running', 'awaiting_approval', 'completed', 'failed', 'cancelled'] as const

/** A call's status is its result where there is one, else what became of its approval. */
export const toolCallStatuses = [
  'running',
  'awaiting_approval',
  'approved',
  'rejected',
  'expired',
  'cancelled',
  'succeeded',
  'failed',
] as const

/** What the console's list shows of each run. */
export const listedRunFields = [
  'id',
  'external_id',
  'agent',
  'status',
  'brief',
  'started_at',
  'finished_at',
] as const

/** Whether a run has ended. */
export function isFinished(status: (typeof runStatuses)[number]): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled'
}
