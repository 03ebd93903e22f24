/** What a request that is not pending any more has become. */
export const outcomes = ['approved', 'rejected', 'expired', 'cancelled'] as const

export const approvalStatuses = ['pending', ...outcomes] as const

/**
 * How a list is sorted, pending first in any case: by when it was asked for, newest or oldest first; what is pending
 * by the nearest deadline and the others by the latest decision; only those by the latest decision; or only what is
 * pending, the largest amount first.
 */
export const approvalSorts = ['newest', 'oldest', 'deadline', 'decided', 'largest'] as const
export type ApprovalSort = (typeof approvalSorts)[number]
