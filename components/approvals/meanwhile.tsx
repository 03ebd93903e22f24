'use client'

import { useLayoutEffect, useRef, type KeyboardEvent } from 'react'
import type { SeenApproval } from '@/lib/approvals/schemas'
import * as say from '@/words/approvals/meanwhile'
import * as shared from '@/words/shared'
import { Button } from '../ui/button'
import { NotLoaded } from '../ui/late'
import type { DecisionKind } from './use-decision'
import { useDraft } from './use-draft'

type MeanwhileProps = {
  approval: SeenApproval
  kind: DecisionKind
  /** Null while the second step is on its way. */
  again: (() => void) | null
  onCancel: () => void
}

/**
 * Stands for the second step while that is on its way: has the focus and takes what is typed as the second step would,
 * without room of its own, so that nothing moves. It sends nothing: only what is in sight is decided. Where the second
 * step cannot be read, it says so and shows what was typed.
 */
export function Meanwhile({ approval, kind, again, onCancel }: MeanwhileProps) {
  const [reason, setReason] = useDraft(approval.id)
  const form = useRef<HTMLFormElement>(null)
  useLayoutEffect(() => {
    const target = kind === 'approve' ? form.current : form.current?.querySelector('textarea')
    target?.focus({ preventScroll: true })
  }, [kind])

  function onKey(event: KeyboardEvent) {
    if (event.key === 'Escape') {
      event.stopPropagation()
      onCancel()
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
      {again && <p className="mt-2 basis-full text-sm font-semibold">{say.decide(kind, approval.tool)}</p>}
      <textarea
        data-meanwhile
        aria-label={say.reason}
        rows={1}
        maxLength={4096}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
        className={again ? 'basis-full rounded-sm border border-control px-2.5 py-1.5 text-sm' : 'sr-only'}
      />
      {again && (
        <>
          <NotLoaded onAgain={again} />
          <Button size="sm" variant="ghost" onClick={onCancel}>
            {shared.cancel}
          </Button>
        </>
      )}
    </form>
  )
}

/** Whether a field is the one that stands for the reason. */
export function isMeanwhile(field: HTMLElement): field is HTMLTextAreaElement {
  return field.dataset.meanwhile !== undefined
}
