import type { SeenApproval } from '@/lib/approvals/schemas'
import type { BulkKind } from './use-decision'

export const bulkWords = {
  approve: { verb: 'Approve', past: 'approved', busy: 'Approving…', look: 'approve' },
  reject: { verb: 'Reject', past: 'rejected', busy: 'Rejecting…', look: 'danger' },
} as const

export const requests = (count: number) => (count === 1 ? '1 request' : `${count} requests`)

/** What became of all: how many it ended, and on how many a vote is kept that waits for others. */
export function becameWords(kind: BulkKind, recorded: Pick<SeenApproval, 'status'>[], all: number): string {
  const waiting = recorded.filter(({ status }) => status === 'pending').length
  const ended = `${recorded.length - waiting} of ${requests(all)} ${bulkWords[kind].past}`
  if (waiting === 0) return `${ended}.`
  return `${ended}; on ${waiting} your vote is kept and waits for others.`
}
