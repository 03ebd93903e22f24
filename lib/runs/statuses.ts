export const runStatuses = ['running', 'awaiting_approval', 'completed', 'failed', 'cancelled'] as const

/** What the console's list shows of each run. */
export const listedRunFields = ['id', 'external_id', 'agent', 'status', 'started_at', 'finished_at'] as const

/** Whether a run has ended. */
export function isFinished(status: (typeof runStatuses)[number]): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled'
}
