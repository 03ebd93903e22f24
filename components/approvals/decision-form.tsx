'use client'

import { useEffect, useRef, type KeyboardEvent } from 'react'
import type { SeenApproval } from '@/lib/approvals/schemas'
import * as say from '@/words/approvals/decision-form'
import * as shared from '@/words/shared'
import { Button } from '../ui/button'
import { TextAreaField } from '../ui/text-area-field'
import { errorOf, type Trouble } from '../ui/trouble'
import { reasonHint } from './decision-words'
import { rejectionWords } from './decision-words'
import { RefusalNotice } from './refusal-notice'
import type { DecisionKind } from './use-decision'

type DecisionFormProps = {
  approval: SeenApproval
  kind: DecisionKind
  isBusy: boolean
  refusal: Trouble | null
  reason: string
  onReason: (reason: string) => void
  onSubmit: () => void
  onCancel: () => void
}

/** Room for what stays at the page's edges: the list's header above, the tab bar below. */
const edgePx = 64

/** Scrolls to the form as far as the row that was pressed stays in sight. */
function bringIntoView(form: HTMLElement) {
  const below = form.getBoundingClientRect().bottom + edgePx - window.innerHeight
  const room = (form.closest('li') ?? form).getBoundingClientRect().top - 2 * edgePx
  const distance = Math.min(below, room)
  if (distance > 0) window.scrollBy({ top: distance, behavior: 'instant' })
}

/**
 * The second step of a decision. Focus goes to the form itself or to the reason, never to the button that
 * decides; Escape closes and keeps the words.
 */
export function DecisionForm(props: DecisionFormProps) {
  const { approval, kind, isBusy, refusal, reason, onReason, onSubmit, onCancel } = props
  const form = useRef<HTMLFormElement>(null)

  useEffect(() => {
    const target = kind === 'reject' ? form.current?.querySelector('textarea') : form.current
    target?.focus({ preventScroll: true })
    if (form.current) bringIntoView(form.current)
  }, [kind])

  const cancel = useRef(onCancel)
  useEffect(() => {
    cancel.current = isBusy ? () => undefined : onCancel
  })
  useEffect(() => {
    const element = form.current
    const onEscape = (event: globalThis.KeyboardEvent) => {
      if (event.key !== 'Escape') return
      event.stopPropagation()
      cancel.current()
    }
    element?.addEventListener('keydown', onEscape)
    return () => element?.removeEventListener('keydown', onEscape)
  }, [])

  function onReasonKey(event: KeyboardEvent) {
    if (event.key === 'Enter' && (event.metaKey || event.ctrlKey) && !event.repeat)
      form.current?.requestSubmit()
  }

  return (
    <form
      ref={form}
      tabIndex={-1}
      data-own-escape=""
      aria-label={say.decide(kind, approval.tool)}
      onSubmit={(event) => {
        event.preventDefault()
        if (!isBusy) onSubmit()
      }}
      className="space-y-3 rounded-sm focus-visible:outline-offset-4"
    >
      <p className="text-sm">
        {kind === 'approve' ? (
          <>
            {say.mayRunOnceAsAbove(
              <span className="font-medium">{approval.agent}</span>,
              <code className="code font-medium">{approval.tool}</code>,
            )}
          </>
        ) : (
          <>
            {say.toolWillNotRun(
              <code className="code font-medium">{approval.tool}</code>,
              rejectionWords(approval),
            )}
          </>
        )}
      </p>
      <TextAreaField
        label={say.reason}
        hint={reasonHint(approval, kind)}
        rows={2}
        maxLength={4096}
        value={reason}
        onKeyDown={onReasonKey}
        onChange={(event) => onReason(event.target.value)}
        error={errorOf(refusal, 'reason')}
        frameClassName="max-w-2xl"
      />
      {refusal && <RefusalNotice refusal={refusal} approval={approval} />}
      <div className="flex flex-wrap gap-2">
        <Button
          type="submit"
          variant={kind === 'approve' ? 'approve' : 'danger'}
          isBusy={isBusy}
          busyLabel={say.busy[kind]}
          className="max-w-full"
        >
          {say.confirm(kind, approval.tool)}
        </Button>
        <Button variant="ghost" isBusy={isBusy} onClick={onCancel}>
          {shared.cancel}
        </Button>
      </div>
    </form>
  )
}
