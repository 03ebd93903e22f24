'use client'

import { useLayoutEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react'
import type { SeenApproval } from '@/lib/approvals/schemas'
import { decide, reason as reasonWord } from '@/words/approvals/meanwhile'
import * as say from '@/words/approvals/second-step'
import * as shared from '@/words/shared'
import { Button } from '../ui/button'
import { late } from '../ui/late'
import { TextAreaField } from '../ui/text-area-field'
import { ConfirmKbd } from '../ui/confirm-kbd'
import { Kbd } from '../ui/kbd'
import { isTextField } from '../ui/single-keys'
import { callWords } from './call-words'
import { needsReason, reasonHint, rejectionWords } from './decision-words'
import { isMeanwhile } from './meanwhile'
import type { DecisionKind } from './use-decision'

/** Read when somebody rejects. */
const ReasonPresets = late(() => import('./reason-presets').then((module) => module.ReasonPresets))

type SecondStepProps = {
  project: string
  approval: SeenApproval
  kind: DecisionKind
  isReady: boolean
  changeCount: number
  isBusy: boolean
  reason: string
  error: string | undefined
  notice: ReactNode
  onReason: (reason: string) => void
  onSubmit: () => void
  onCancel: () => void
}

/**
 * The second step. Focus goes to the form itself or to the reason, never to the button that decides; Escape closes
 * it and keeps the words; Ctrl or Command with Enter decides from anywhere in it. The second half of a double click on
 * the first step decides nothing.
 */
export function SecondStep(props: SecondStepProps) {
  const { project, approval, kind, isReady, changeCount, isBusy, reason, error, notice } = props
  const { onReason, onSubmit, onCancel } = props
  const form = useRef<HTMLFormElement>(null)
  const what = <code className="code">{approval.tool}</code>
  const isAnswer = kind !== 'approve'
  const lead = callWords(approval)?.lead

  const [held] = useState(whatIsTyped)
  // With what it is drawn, so that no key falls between what stood for it and this.
  useLayoutEffect(() => {
    if (held === 'elsewhere') return
    const field = form.current?.querySelector('textarea')
    const target = kind === 'approve' && held === null ? form.current : field
    target?.focus({ preventScroll: true })
    if (target === field) field?.setSelectionRange(...(held ?? [field.value.length, field.value.length]))
  }, [kind, held])

  function onKey(event: KeyboardEvent) {
    if (event.key === 'Escape' && !isBusy) {
      event.stopPropagation()
      onCancel()
    }
    if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) {
      event.preventDefault()
      if (!event.repeat) form.current?.requestSubmit()
    }
  }

  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- keys of the fields within
    <form
      ref={form}
      tabIndex={-1}
      aria-label={decide(kind, approval.tool)}
      onKeyDown={onKey}
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        if (!isBusy && isReady) onSubmit()
      }}
      className="space-y-2.5 rounded-sm focus-visible:outline-offset-4"
    >
      <p className="text-sm">
        <span className="font-semibold">
          {say.question(
            kind,
            changeCount === 0 && lead?.isOfRule
              ? say.withValue(what, lead.name, <bdi className="code">{lead.value}</bdi>)
              : what,
            changeCount,
          )}
        </span>{' '}
        <span className="text-muted">{secondWords(approval, kind, changeCount)}</span>
      </p>
      {notice}
      {kind === 'reject' && (
        <ReasonPresets project={project} tool={approval.tool} isEmpty={reason === ''} onPick={onReason} />
      )}
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <TextAreaField
          label={reasonWord}
          hint={reasonHint(approval, kind)}
          rows={isAnswer ? 2 : 1}
          required={needsReason(approval, kind)}
          maxLength={4096}
          value={reason}
          onChange={(event) => onReason(event.target.value)}
          error={error}
          frameClassName="flex-1 basis-72"
        />
        <div className="flex gap-2 max-sm:w-full">
          <Button
            type="submit"
            variant={kind === 'approve' ? 'approve' : kind === 'reject' ? 'danger' : 'primary'}
            isBusy={isBusy}
            busyLabel={say.busy[kind]}
            onClick={(event) => event.detail > 1 && event.preventDefault()}
            aria-label={say.confirmWhat(kind, approval.tool, changeCount)}
            aria-keyshortcuts="Control+Enter Meta+Enter"
            className="h-9! max-w-full max-sm:flex-1 pointer-coarse:h-11!"
          >
            {say.confirm(kind, changeCount)} <ConfirmKbd />
          </Button>
          <Button variant="ghost" isBusy={isBusy} onClick={onCancel} className="h-9! pointer-coarse:h-11!">
            {shared.cancel} <Kbd>Esc</Kbd>
          </Button>
        </div>
      </div>
    </form>
  )
}

/** Where somebody types as it comes: another field keeps its focus, what stood for this one gives its selection. */
function whatIsTyped(): [number, number] | 'elsewhere' | null {
  const { activeElement: field } = document
  if (!(field instanceof HTMLElement) || !isTextField(field)) return null
  if (!isMeanwhile(field)) return 'elsewhere'
  return [field.selectionStart, field.selectionEnd]
}

function secondWords(approval: SeenApproval, kind: DecisionKind, changeCount: number): string {
  const { agent, requirement } = approval
  if (kind === 'request_changes') return say.toldWhatToChange(agent)
  if (kind === 'reject') return say.willNotRun(rejectionWords(approval))
  const once = say.mayRunOnce(agent, changeCount > 0)
  return requirement === null ? once : say.onceAllApproved(once)
}
