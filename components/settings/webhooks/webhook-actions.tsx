'use client'

import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { pages } from '@/lib/paths'
import type { Delivery, Webhook, WebhookWithSecret } from '@/lib/webhooks/schemas'
import { useLive } from '../../frame/live'
import { Button } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { Notice } from '../../ui/page-header'
import { TroubleNotice } from '../../ui/trouble'
import { UntrustedText } from '../../ui/untrusted-text'
import { useAction, type Action } from '../../ui/use-action'
import { ConfirmDialog } from '../confirm-dialog'
import { EditWebhook, type ChangeWebhook } from './edit-webhook'
import { NewSecret } from './new-secret'
import { testOutcome } from './test-outcome'

type ById = { id: string }

/** What admins do with a webhook. */
type Actions = {
  change: ChangeWebhook
  remove: Action<ById, unknown>
  rotate: Action<ById, WebhookWithSecret>
  sendTest: Action<ById, Delivery>
}

type Props = { project: string; webhook: Webhook; actions: Actions }

/** Everything that can be done with one webhook. */
export function WebhookActions(props: Props) {
  const { project, webhook, actions } = props
  return (
    <>
      <SendTest {...props} />
      <EditWebhook project={project} webhook={webhook} change={actions.change} />
      <Switch {...props} />
      <Rotate {...props} />
      <Delete {...props} />
    </>
  )
}

/** Sends a test and waits a little for what becomes of it, which is said here. */
function SendTest({ project, webhook, actions }: Props) {
  const { tell } = useLive()
  const [outcome, setOutcome] = useState<Delivery | 'waiting' | 'unknown' | null>(null)
  const { isBusy, trouble, send } = useAction(actions.sendTest, {
    refreshes: false,
    onDone: async (test) => {
      setOutcome('waiting')
      tell()
      setOutcome((await testOutcome(project, test)) ?? 'unknown')
      tell()
    },
  })
  return (
    <>
      <Button
        variant="primary"
        isBusy={isBusy || outcome === 'waiting'}
        busyLabel="Sending…"
        onClick={() => send(project, { id: webhook.id })}
      >
        Send test
      </Button>
      <output aria-label="Outcome of the test" className="order-last basis-full empty:hidden">
        {outcome !== null && outcome !== 'waiting' && <TestOutcome outcome={outcome} />}
      </output>
      {trouble && <TroubleNotice trouble={trouble} />}
    </>
  )
}

function TestOutcome({ outcome }: { outcome: Delivery | 'unknown' }) {
  if (outcome === 'unknown') {
    return <Notice>The test is not sent yet. It stands below, and its outcome will, too.</Notice>
  }
  const last = outcome.attempts.at(-1)
  const answer = last?.status_code == null ? 'no answer came' : `the receiver answered ${last.status_code}`
  const isGood = outcome.status === 'delivered'
  return (
    <Notice tone={isGood ? 'ok' : 'danger'}>
      <p>
        <span className="font-medium">{isGood ? 'The test was delivered' : 'The test failed'}</span>: {answer}
        {last && ` in ${last.duration_ms.toLocaleString('en-US')} ms`}.
      </p>
      {last?.error && <p>{last.error}</p>}
      {last?.response && (
        <p className="mt-1">
          <UntrustedText text={last.response} maxCharacters={300} className="code" />
        </p>
      )}
    </Notice>
  )
}

function Switch({ project, webhook, actions }: Props) {
  const word = webhook.enabled ? 'off' : 'on'
  const { isBusy, trouble, send } = useAction(actions.change, { done: `${webhook.name} is ${word}.` })
  return (
    <>
      <Button isBusy={isBusy} onClick={() => send(project, { id: webhook.id, enabled: !webhook.enabled })}>
        Switch {word}
      </Button>
      {trouble && <TroubleNotice trouble={trouble} />}
    </>
  )
}

function Rotate({ project, webhook, actions }: Props) {
  const [isOpen, setIsOpen] = useState(false)
  const [rotated, setRotated] = useState<WebhookWithSecret | null>(null)
  const { isBusy, trouble, send, forget } = useAction(actions.rotate, {
    done: 'The secret is rotated.',
    onDone: setRotated,
  })

  function open() {
    setRotated(null)
    forget()
    setIsOpen(true)
  }
  const close = () => setIsOpen(false)

  return (
    <>
      <Button onClick={open}>Rotate secret</Button>
      {rotated ? (
        <Dialog isOpen={isOpen} onClose={close} title={`${webhook.name} has a new secret`}>
          <NewSecret project={project} webhook={rotated} isRotated onClose={close} />
        </Dialog>
      ) : (
        <ConfirmDialog
          isOpen={isOpen}
          onClose={close}
          title={`Rotate the secret of ${webhook.name}?`}
          action={`Rotate secret of ${webhook.name}`}
          onConfirm={() => send(project, { id: webhook.id })}
          isBusy={isBusy}
          trouble={trouble}
          tone="primary"
        >
          <p>
            You get a new signing secret. For 24 hours, what is sent carries two signatures, one by each
            secret, so that the receiver can change over; then the old one is worth nothing.
          </p>
        </ConfirmDialog>
      )}
    </>
  )
}

function Delete({ project, webhook, actions }: Props) {
  const [isOpen, setIsOpen] = useState(false)
  const router = useRouter()
  const { isBusy, trouble, send, forget } = useAction(actions.remove, {
    done: `${webhook.name} is deleted.`,
    onDone: () => {
      setIsOpen(false)
      router.replace(pages.settings(project, 'webhooks'))
    },
  })

  function open() {
    forget()
    setIsOpen(true)
  }

  return (
    <>
      <Button variant="danger-quiet" onClick={open}>
        Delete
      </Button>
      <ConfirmDialog
        isOpen={isOpen}
        onClose={() => setIsOpen(false)}
        title={`Delete ${webhook.name}?`}
        action={`Delete ${webhook.name}`}
        onConfirm={() => send(project, { id: webhook.id })}
        isBusy={isBusy}
        trouble={trouble}
      >
        <p>
          Nothing is sent there any more, what still waits included, and its deliveries are no longer shown.
          This cannot be taken back.
        </p>
      </ConfirmDialog>
    </>
  )
}
