'use client'

import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { pages } from '@/lib/paths'
import type { Delivery, Webhook, WebhookWithSecret } from '@/lib/webhooks/schemas'
import * as say from '@/words/settings/webhooks/webhook-actions'
import { useLive } from '../../frame/live'
import { Button } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { Notice } from '../../ui/notice'
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
        busyLabel={say.sending}
        onClick={() => send(project, { id: webhook.id })}
      >
        {say.sendTest}
      </Button>
      <output aria-label={say.outcomeOfTheTest} className="order-last basis-full empty:hidden">
        {outcome !== null && outcome !== 'waiting' && <TestOutcome outcome={outcome} />}
      </output>
      {trouble && <TroubleNotice trouble={trouble} />}
    </>
  )
}

function TestOutcome({ outcome }: { outcome: Delivery | 'unknown' }) {
  if (outcome === 'unknown') {
    return <Notice>{say.testNotSentYet}</Notice>
  }
  const last = outcome.attempts.at(-1)
  const isGood = outcome.status === 'delivered'
  return (
    <Notice tone={isGood ? 'ok' : 'danger'}>
      <p>
        <span className="font-medium">{isGood ? say.testWasDelivered : say.testFailed}</span>:{' '}
        {say.receiverAnswered(last?.status_code ?? null, last?.duration_ms ?? null)}
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
  const { isBusy, trouble, send } = useAction(actions.change, {
    done: (webhook.enabled ? say.isOff : say.isOn)(webhook.name),
  })
  return (
    <>
      <Button isBusy={isBusy} onClick={() => send(project, { id: webhook.id, enabled: !webhook.enabled })}>
        {webhook.enabled ? say.switchOff : say.switchOn}
      </Button>
      {trouble && <TroubleNotice trouble={trouble} />}
    </>
  )
}

function Rotate({ project, webhook, actions }: Props) {
  const [isOpen, setIsOpen] = useState(false)
  const [rotated, setRotated] = useState<WebhookWithSecret | null>(null)
  const { isBusy, trouble, send, forget } = useAction(actions.rotate, {
    done: say.secretIsRotated,
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
      <Button onClick={open}>{say.rotateSecret}</Button>
      {rotated ? (
        <Dialog isOpen={isOpen} onClose={close} title={say.hasANewSecret(webhook.name)}>
          <NewSecret project={project} webhook={rotated} isRotated onClose={close} />
        </Dialog>
      ) : (
        <ConfirmDialog
          isOpen={isOpen}
          onClose={close}
          title={say.rotateTheSecretNow(webhook.name)}
          action={say.rotateSecretOf(webhook.name)}
          onConfirm={() => send(project, { id: webhook.id })}
          isBusy={isBusy}
          trouble={trouble}
          tone="primary"
        >
          <p>{say.whatRotatingDoes}</p>
        </ConfirmDialog>
      )}
    </>
  )
}

function Delete({ project, webhook, actions }: Props) {
  const [isOpen, setIsOpen] = useState(false)
  const router = useRouter()
  const { isBusy, trouble, send, forget } = useAction(actions.remove, {
    done: say.isDeleted(webhook.name),
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
        {say.deleteIt}
      </Button>
      <ConfirmDialog
        isOpen={isOpen}
        onClose={() => setIsOpen(false)}
        title={say.deleteNow(webhook.name)}
        action={say.deleteNamed(webhook.name)}
        onConfirm={() => send(project, { id: webhook.id })}
        isBusy={isBusy}
        trouble={trouble}
      >
        <p>{say.whatDeletingDoes}</p>
      </ConfirmDialog>
    </>
  )
}
