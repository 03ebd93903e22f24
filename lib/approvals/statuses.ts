/** What a request that is not pending any more has become. */
export const outcomes = ['approved', 'rejected', 'expired', 'cancelled'] as const

export const approvalStatuses = ['pending', ...outcomes] as const
