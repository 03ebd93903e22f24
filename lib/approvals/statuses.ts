/** What a request that is not pending any more has become. */
export const outcomes = ['approved', 'rejected', 'expired', 'cancelled'] as const

export const approvalStatuses = ['pending', ...outcomes] as const

/**
 * How a list is sorted, pending first in any case: by when it was asked for, newest or oldest first; what is pending
 * by the nearest deadline and the others by the latest decision; or only those by the latest decision.
 */
export const approvalSorts = ['newest', 'oldest', 'deadline', 'decided'] as const
export type ApprovalSort = (typeof approvalSorts)[number]
