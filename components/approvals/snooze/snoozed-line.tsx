'use client'

import Link from 'next/link'
import { pages } from '@/lib/paths'
import * as say from '@/words/approvals/snooze/snoozed-line'
import { useSnoozedCount } from '../../frame/notices'
import { countWords } from '../count-words'
import type { QueueFilter } from '../filter'

/** Below the queue, where the reader put something off: the way to that, and back. */
export function SnoozedLine({ project, filter }: { project: string; filter: QueueFilter }) {
  const count = useSnoozedCount()
  const isShown = filter.snoozed === 'true'
  if (count === 0 && !isShown) return null
  return (
    <Link
      href={pages.approvals(project, isShown ? { sort: 'deadline' } : { snoozed: 'true' })}
      scroll={false}
      className="flex h-8 shrink-0 items-center border-t border-line px-3 text-xs text-accent -outline-offset-2 pointer-coarse:h-11"
    >
      {isShown ? say.backToTheQueue : say.snoozedSoMany(countWords(count))}
    </Link>
  )
}
