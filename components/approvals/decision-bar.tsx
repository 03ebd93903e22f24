'use client'

import { useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react'
import type { Approval, SeenApproval } from '@/lib/approvals/schemas'
import { Button } from '../ui/button'
import { TextAreaField } from '../ui/field'
import { ConfirmKbd, Kbd } from '../ui/kbd'
import { errorOf } from '../ui/trouble'
import { callWords, objectWords } from './call-words'
import { rejectionWords } from './details'
import { Ended, lateRefusal } from './ended'
import { ReasonPresets } from './reason-presets'
import { RefusalNotice } from './refusal-notice'
import { useDecision, type Decide, type DecisionKind } from './use-decision'
import { useDraft } from './use-draft'

type DecisionBarProps = {
  project: string
  approval: SeenApproval
  decide: Decide
  /** Not before all of its params are there. */
  isReady: boolean
  step: DecisionKind | null
  /** What was decided here, so that nobody is told that they were too late for their own. */
  isMine: boolean
  onStep: (step: DecisionKind | null) => void
  onResolved: (approval: Approval, isByMe: boolean) => void
  /** Opens the next request; null where there is none. */
  onNext: (() => void) | null
}

const words = {
  approve: { verb: 'Approve', busy: 'Approving…', hint: 'Optional. Kept in the audit log.' },
  reject: { verb: 'Reject', busy: 'Rejecting…', hint: 'The agent and the audit log get these words.' },
} as const

/** Stays in sight below the request: what each answer will do, the two steps to it, and what became of it. */
export function DecisionBar(props: DecisionBarProps) {
  const { project, approval, decide, isReady, step, isMine, onStep, onResolved, onNext } = props
  const { id, digest } = approval
  const [reason, setReason] = useDraft(id)
  const { isBusy, trouble, send, forget } = useDecision(decide, {
    onDone: (resolved) => {
      setReason('')
      onResolved(resolved, true)
    },
    onLate: (resolved) => onResolved(resolved, false),
    isQuiet: true,
  })
  // What was wrong with one decision is not wrong with the other.
  const [tried, setTried] = useState(step)
  if (tried !== step) {
    setTried(step)
    forget()
  }

  if (approval.status !== 'pending') {
    const late = isMine ? null : (trouble ?? (step ? lateRefusal(approval, step) : null))
    return (
      <Frame>
        <Ended approval={approval} late={late} reason={isMine ? '' : reason} onNext={onNext} />
      </Frame>
    )
  }
  if (step === null) {
    return (
      <Frame>
        <First approval={approval} isReady={isReady} onStep={onStep} />
      </Frame>
    )
  }
  return (
    <Frame>
      <Second
        key={step}
        project={project}
        approval={approval}
        kind={step}
        isReady={isReady}
        isBusy={isBusy}
        reason={reason}
        error={errorOf(trouble, 'reason')}
        notice={trouble && <RefusalNotice refusal={trouble} approval={approval} />}
        onReason={setReason}
        onSubmit={() => send(project, { id, digest, decision: step, ...(reason.trim() && { reason }) })}
        onCancel={() => onStep(null)}
      />
    </Frame>
  )
}

function Frame({ children }: { children: ReactNode }) {
  return (
    <section
      aria-label="Decision"
      className="shrink-0 border-t border-line bg-surface px-4 py-2.5 sm:px-6 lg:px-8"
    >
      <div className="mx-auto max-w-4xl">{children}</div>
    </section>
  )
}

/** What an approval and a rejection do, in a line each. */
function Consequences({ approval }: { approval: SeenApproval }) {
  return (
    <div className="min-w-0 flex-1 basis-72 text-xs leading-4.5 text-muted max-sm:hidden">
      <p>
        <b className="font-semibold text-ink">If approved</b> {approval.agent} runs it once, with exactly
        these params, within 15 minutes.
      </p>
      <p>
        <b className="font-semibold text-ink">If rejected</b> {lowerFirst(rejectionWords(approval))}.
      </p>
    </div>
  )
}

const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1)

type FirstProps = { approval: SeenApproval; isReady: boolean; onStep: (step: DecisionKind) => void }

function First({ approval, isReady, onStep }: FirstProps) {
  const what = objectWords(approval)
  const press = (kind: DecisionKind) => () => onStep(kind)
  return (
    <div className="flex flex-wrap items-center justify-end gap-x-6 gap-y-2">
      <Consequences approval={approval} />
      <div className="flex gap-2 max-sm:w-full max-sm:*:flex-1">
        <Button
          variant="danger-quiet"
          className="h-9! pointer-coarse:h-11!"
          aria-label={`Reject ${what}`}
          aria-keyshortcuts="r"
          disabled={!isReady}
          onClick={press('reject')}
        >
          Reject… <Kbd>R</Kbd>
        </Button>
        <Button
          variant="approve"
          className="h-9! min-w-0 pointer-coarse:h-11!"
          aria-label={`Approve ${what}`}
          aria-keyshortcuts="a"
          disabled={!isReady}
          onClick={press('approve')}
        >
          Approve… <Kbd>A</Kbd>
        </Button>
      </div>
    </div>
  )
}

type SecondProps = {
  project: string
  approval: SeenApproval
  kind: DecisionKind
  isReady: boolean
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
function Second(props: SecondProps) {
  const { project, approval, kind, isReady, isBusy, reason, error, notice } = props
  const { onReason, onSubmit, onCancel } = props
  const form = useRef<HTMLFormElement>(null)
  const { verb, busy, hint } = words[kind]
  const lead = callWords(approval)?.lead

  useEffect(() => {
    const target = kind === 'reject' ? form.current?.querySelector('textarea') : form.current
    target?.focus({ preventScroll: true })
  }, [kind])

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
      aria-label={`${verb} ${approval.tool}`}
      onKeyDown={onKey}
      onSubmit={(event) => {
        event.preventDefault()
        if (!isBusy && isReady) onSubmit()
      }}
      className="space-y-2.5 rounded-sm focus-visible:outline-offset-4"
    >
      <p className="text-sm">
        <span className="font-semibold">
          {verb} <code className="code">{approval.tool}</code>
          {lead?.isOfRule && (
            <>
              {' '}
              with {lead.name} <bdi className="code">{lead.value}</bdi>
            </>
          )}
          ?
        </span>{' '}
        <span className="text-muted">
          {kind === 'approve'
            ? `${approval.agent} may then run it once, with exactly the params above, within 15 minutes.`
            : `It will not run. ${rejectionWords(approval)}.`}
        </span>
      </p>
      {notice}
      {kind === 'reject' && (
        <ReasonPresets project={project} tool={approval.tool} isEmpty={reason === ''} onPick={onReason} />
      )}
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <TextAreaField
          label="Reason"
          hint={hint}
          rows={kind === 'reject' ? 2 : 1}
          maxLength={4096}
          value={reason}
          onChange={(event) => onReason(event.target.value)}
          error={error}
          frameClassName="flex-1 basis-72"
        />
        <div className="flex gap-2 max-sm:w-full">
          <Button
            type="submit"
            variant={kind === 'approve' ? 'approve' : 'danger'}
            isBusy={isBusy}
            busyLabel={busy}
            onClick={(event) => event.detail > 1 && event.preventDefault()}
            aria-label={`Confirm ${kind} ${approval.tool}`}
            aria-keyshortcuts="Control+Enter Meta+Enter"
            className="h-9! max-w-full max-sm:flex-1 pointer-coarse:h-11!"
          >
            Confirm {kind} <ConfirmKbd />
          </Button>
          <Button variant="ghost" isBusy={isBusy} onClick={onCancel} className="h-9! pointer-coarse:h-11!">
            Cancel <Kbd>Esc</Kbd>
          </Button>
        </div>
      </div>
    </form>
  )
}
