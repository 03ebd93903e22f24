'use client'

import Link from 'next/link'
import { memo, useId, useState } from 'react'
import type { SeenApproval } from '@/lib/approvals/schemas'
import { pages } from '@/lib/paths'
import { StatusBadge } from '../ui/badge'
import { GoingThere } from '../ui/going-there'
import { ApprovalDetails } from './details'
import { OutcomeLine, Reason } from './outcome'
import { ParamsLine } from './params-line'
import { ExpandButton } from './expand-button'

type DecidedRowProps = { project: string; approval: SeenApproval; isOpenAtFirst?: boolean }

/** A request whose wait is over: how it ended, by whom, when, why, and after how long. */
export const DecidedRow = memo(function DecidedRow({
  project,
  approval,
  isOpenAtFirst = false,
}: DecidedRowProps) {
  const [isExpanded, setExpanded] = useState(isOpenAtFirst)
  const id = useId()
  return (
    <li aria-labelledby={`${id}-tool`}>
      <div className="grid gap-x-4 gap-y-1 px-3 py-2.5 sm:px-4 md:grid-cols-[6.5rem_minmax(0,1fr)_auto]">
        <div>
          <StatusBadge status={approval.status} />
        </div>
        <div className="min-w-0 space-y-1">
          <p className="flex flex-wrap items-baseline gap-x-2">
            <Link
              id={`${id}-tool`}
              href={pages.run(project, approval.run_id)}
              scroll={false}
              prefetch={false}
              className="code rounded-xs font-medium hover:underline"
            >
              <GoingThere>{approval.tool}</GoingThere>
            </Link>
            <span className="text-sm text-muted">on {approval.agent}</span>
          </p>
          <p className="text-sm">
            <ParamsLine approval={approval} maxCharacters={120} />
          </p>
          <Reason approval={approval} />
        </div>
        <div className="flex items-start justify-between gap-2 md:justify-end">
          <p className="text-sm text-muted md:max-w-72 md:text-right">
            <OutcomeLine approval={approval} />
          </p>
          <ExpandButton
            tool={approval.tool}
            isExpanded={isExpanded}
            onToggle={() => setExpanded(!isExpanded)}
          />
        </div>
      </div>
      {isExpanded && (
        <div className="px-3 pb-4 sm:px-4">
          <ApprovalDetails approval={approval} project={project} />
        </div>
      )}
    </li>
  )
})
