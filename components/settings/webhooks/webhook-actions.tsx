'use client'

import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { useSWRConfig } from 'swr'
import { changeWebhook, remove, rotate, sendTest } from '@/app/[project]/settings/webhooks/actions'
import { pages } from '@/lib/paths'
import type { Webhook, WebhookWithSecret } from '@/lib/webhooks/schemas'
import { Button } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { ConfirmDialog } from '../confirm-dialog'
import { TroubleNotice } from '../trouble-notice'
import { useAct } from '../use-act'
import { deliveriesKey } from './deliveries-key'
import { EditWebhook } from './edit-webhook'
import { NewSecret } from './new-secret'

type Props = { project: string; webhook: Webhook }

/** Everything that can be done with one webhook. */
export function WebhookActions({ project, webhook }: Props) {
  return (
    <>
      <SendTest project={project} webhook={webhook} />
      <EditWebhook project={project} webhook={webhook} />
      <Switch project={project} webhook={webhook} />
      <Rotate project={project} webhook={webhook} />
      <Delete project={project} webhook={webhook} />
    </>
  )
}

function SendTest({ project, webhook }: Props) {
  const { isBusy, trouble, act } = useAct()
  const { mutate } = useSWRConfig()
  const isMine = (key: unknown) =>
    typeof key === 'string' && key.startsWith(deliveriesKey(project, webhook.id))
  const send = () =>
    act(
      () => sendTest(project, { id: webhook.id }),
      'The test is on its way; see the last deliveries.',
      () => {
        void mutate(isMine)
      },
    )
  return (
    <>
      <Button variant="primary" isBusy={isBusy} onClick={() => void send()}>
        Send test
      </Button>
      {trouble && <TroubleNotice trouble={trouble} />}
    </>
  )
}

function Switch({ project, webhook }: Props) {
  const { isBusy, trouble, act } = useAct()
  const word = webhook.enabled ? 'off' : 'on'
  const change = () =>
    act(
      () => changeWebhook(project, { id: webhook.id, enabled: !webhook.enabled }),
      `${webhook.name} is ${word}.`,
    )
  return (
    <>
      <Button isBusy={isBusy} onClick={() => void change()}>
        Switch {word}
      </Button>
      {trouble && <TroubleNotice trouble={trouble} />}
    </>
  )
}

function Rotate({ project, webhook }: Props) {
  const [isOpen, setIsOpen] = useState(false)
  const [rotated, setRotated] = useState<WebhookWithSecret | null>(null)
  const { isBusy, trouble, act, forget } = useAct()

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
          onConfirm={() =>
            void act(() => rotate(project, { id: webhook.id }), 'The secret is rotated.', setRotated)
          }
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

function Delete({ project, webhook }: Props) {
  const [isOpen, setIsOpen] = useState(false)
  const { isBusy, trouble, act, forget } = useAct()
  const router = useRouter()

  function open() {
    forget()
    setIsOpen(true)
  }

  async function confirm() {
    await act(
      () => remove(project, { id: webhook.id }),
      `${webhook.name} is deleted.`,
      () => {
        setIsOpen(false)
        router.replace(pages.settings(project, 'webhooks'))
      },
    )
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
        onConfirm={() => void confirm()}
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
