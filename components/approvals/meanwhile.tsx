'use client'

import { useLayoutEffect, useRef, type KeyboardEvent } from 'react'
import type { SeenApproval } from '@/lib/approvals/schemas'
import * as say from '@/words/approvals/meanwhile'
import { NotLoaded } from '../ui/late'
import type { DecisionKind } from './use-decision'
import { useDraft } from './use-draft'

/** What was done before the second step was there: the reason had the focus, it was sent. */
export type Ahead = { isInReason?: boolean; isSent?: boolean }

type MeanwhileProps = {
  approval: SeenApproval
  kind: DecisionKind
  onAhead: (ahead: Ahead) => void
  /** Null while the second step is on its way. */
  again: (() => void) | null
  onCancel: () => void
}

/**
 * Stands for the second step while that is on its way: has the focus and takes what is typed as the second step would,
 * without room of its own, so that nothing moves. Where that cannot be read, it says so and shows what was typed.
 */
export function Meanwhile({ approval, kind, onAhead, again, onCancel }: MeanwhileProps) {
  const [reason, setReason] = useDraft(approval.id)
  const form = useRef<HTMLFormElement>(null)
  useLayoutEffect(() => {
    onAhead({ isInReason: false, isSent: false })
    const target = kind === 'approve' ? form.current : form.current?.querySelector('textarea')
    target?.focus({ preventScroll: true })
  }, [kind, onAhead])

  function onKey(event: KeyboardEvent) {
    if (event.key === 'Escape') {
      event.stopPropagation()
      onCancel()
    }
    if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) {
      event.preventDefault()
      onAhead({ isSent: true })
      again?.()
    }
  }

  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- keys of the field within
    <form
      ref={form}
      tabIndex={-1}
      aria-label={say.decide(kind, approval.tool)}
      aria-busy={again === null}
      onKeyDown={onKey}
      className="flex flex-wrap items-center gap-2 focus:outline-none"
    >
      <textarea
        aria-label={say.reason}
        rows={1}
        maxLength={4096}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
        onFocus={() => onAhead({ isInReason: true })}
        onBlur={() => onAhead({ isInReason: false })}
        className={
          again ? 'mt-2 basis-full rounded-sm border border-control px-2.5 py-1.5 text-sm' : 'sr-only'
        }
      />
      {again && <NotLoaded onAgain={again} />}
    </form>
  )
}
