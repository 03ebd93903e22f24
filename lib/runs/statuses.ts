export const runStatuses = ['running', 'awaiting_approval', 'completed', 'failed', 'cancelled'] as const

/** What the console's list shows of each run. */
export const listedRunFields = ['id', 'external_id', 'agent', 'status', 'started_at', 'finished_at'] as const
