'use client'

import { useEffect, useRef, type ReactNode } from 'react'
import type { SeenApproval } from '@/lib/approvals/schemas'
import * as say from '@/words/approvals/ended-line'
import { Button } from '../ui/button'
import { Kbd } from '../ui/kbd'

type EndedLineProps = {
  approval: SeenApproval
  onNext: (() => void) | null
  /** In place of what became of it. */
  notice?: ReactNode
  children?: ReactNode
}

/** What became of it, where the decision was; takes the focus that the form had, so that none falls to the page. */
export function EndedLine({ approval, onNext, notice, children }: EndedLineProps) {
  const frame = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (document.activeElement === document.body) frame.current?.focus({ preventScroll: true })
  }, [])
  return (
    <div ref={frame} tabIndex={-1} className="space-y-2 rounded-xs focus:outline-none">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-60 text-sm">
          {notice ?? <p className="text-muted">{endedWords(approval)}</p>}
        </div>
        {onNext && (
          <Button onClick={onNext} aria-keyshortcuts="j" className="h-9! pointer-coarse:h-11!">
            {say.nextRequest} <Kbd>J</Kbd>
          </Button>
        )}
      </div>
      {children}
    </div>
  )
}

function endedWords(approval: SeenApproval): string {
  const { status, tool, agent, decision } = approval
  switch (status) {
    case 'approved':
      return say.wasApproved(tool, agent)
    case 'rejected':
      if (decision?.decision === 'request_changes') return say.changesWereAskedFor(tool, agent)
      return say.wasRejected(tool, agent)
    case 'expired':
      return say.deadlinePassed
    default:
      return isOverByRun(approval) ? approval.next.message : say.wasWithdrawn
  }
}

/** Withdrawn with its run, by an archive or the run's end: what it says then is for everybody. */
export function isOverByRun({ status, next }: SeenApproval): boolean {
  return status === 'cancelled' && next.action === 'stop'
}
