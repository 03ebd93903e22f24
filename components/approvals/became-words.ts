import type { SeenApproval } from '@/lib/approvals/schemas'
import * as say from '@/words/approvals/became-words'
import type { BulkKind } from './use-decision'

/** What became of all: how many it ended, and on how many a vote is kept that waits for others. */
export function becameWords(kind: BulkKind, recorded: Pick<SeenApproval, 'status'>[], all: number): string {
  const waiting = recorded.filter(({ status }) => status === 'pending').length
  const ended = say.ended[kind](recorded.length - waiting, all)
  return waiting === 0 ? `${ended}.` : say.andVotesKept(ended, waiting)
}
