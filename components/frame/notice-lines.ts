import type { Notice } from '@/lib/notices/schemas'

/** What the bell says in one line: a request in its newest state, or a notice of its own. */
export type NoticeLine = {
  notice: Notice
  /** All unread notices that the line stands for. */
  unreadIds: string[]
}

/**
 * One line for each request, by its newest notice, however often it was told of; those that wait no longer apart.
 * @param notices newest first
 */
export function noticeLines(notices: readonly Notice[]): { open: NoticeLine[]; ended: NoticeLine[] } {
  const lines = new Map<string, NoticeLine>()
  for (const notice of notices) {
    const key = notice.approval?.id ?? notice.id
    const line = lines.get(key) ?? { notice, unreadIds: [] }
    if (notice.read_at === null && notice.cleared_at === null) line.unreadIds.push(notice.id)
    lines.set(key, line)
  }
  const all = [...lines.values()]
  return { open: all.filter((line) => !hasEnded(line)), ended: all.filter(hasEnded) }
}

function hasEnded({ notice: { approval } }: NoticeLine): boolean {
  return approval !== null && approval.status !== 'pending'
}
