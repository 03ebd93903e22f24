'use client'

import Link from 'next/link'
import type { ReactNode } from 'react'
import type { ApprovalContext } from '@/lib/approvals/context/schemas'
import { pages } from '@/lib/paths'
import * as say from '@/words/approvals/context/cues'
import { Icon } from '../../ui/icon'
import { Age } from '../../ui/time'
import { useContextOf } from './use-context'

/**
 * What is not to be overlooked, in sentences that lead to their evidence. It keeps the room of two lines, so that
 * nothing below moves when they arrive.
 */
export function Cues({ project, approval }: { project: string; approval: string }) {
  const { data, error } = useContextOf(project, approval)
  return (
    <section aria-label={say.toNote} className="min-h-12 text-sm">
      {data && data.cues.length > 0 && (
        <ul className="space-y-1">
          {data.cues.map((cue) => (
            <li key={`${cue.kind} ${cue.text}`} className="flex items-baseline gap-2">
              <Icon name="warning" className="shrink-0 translate-y-0.5 text-warn" />
              <CueText project={project} cue={cue} />
            </li>
          ))}
        </ul>
      )}
      {data?.cues.length === 0 && <p className="text-faint">{say.nothingStandsOut}</p>}
      {!data && <p className="text-faint">{error ? say.recordNotRead : say.readingTheRecord}</p>}
    </section>
  )
}

function CueText({ project, cue }: { project: string; cue: ApprovalContext['cues'][number] }): ReactNode {
  return (
    <p className="min-w-0 wrap-anywhere">
      {cue.approval_id === null ? (
        cue.text
      ) : (
        <Link href={pages.approval(project, cue.approval_id)} prefetch={false} className="link">
          {cue.text}
        </Link>
      )}
      {cue.at !== null && (
        <span className="text-faint">
          {' · '}
          <Age at={cue.at} isLong />
        </span>
      )}
    </p>
  )
}
