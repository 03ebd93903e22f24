import type { ReactNode } from 'react'

export const howLongThingsAreKept = 'How long things are kept'
export const olderIsDeleted = 'What is older is deleted for good, a little at a time. Empty means for ever.'
export const daysToKeepRuns = 'Days to keep runs'
export const daysToKeepRunsHint =
  'Counted from a run’s end or, where its agent left it open, from the last that happened in it. With a run go its calls, approvals, decisions and steps; deliveries, notices and mails go at the same age. What is pending is never deleted.'
export const daysToKeepTheAuditLog = 'Days to keep the audit log'
export const daysToKeepTheAuditLogHint =
  'Owners set it, and every owner is told. At least as long as runs; a shorter time counts after seven days. Entries go oldest first, once a day; the log says how many went, and what is left can still be verified. Export it before if you need more.'
export const shorterCountsFrom = (moment: ReactNode, days: number) => (
  <>
    From {moment} on, entries older than {days} days are deleted. Until then, saving another time calls it
    off.
  </>
)
