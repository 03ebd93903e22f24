'use client'

import { useState } from 'react'
import type { UpdateWebhookInput, Webhook } from '@/lib/webhooks/schemas'
import * as say from '@/words/settings/webhooks/edit-webhook'
import { Button } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { TroubleNotice } from '../../ui/trouble'
import { useAction, type Action } from '../../ui/use-action'
import { WebhookFields, type WebhookDraft } from './webhook-fields'

/** Changes a webhook. */
export type ChangeWebhook = Action<UpdateWebhookInput & { id: string }, unknown>

type EditWebhookProps = { project: string; webhook: Webhook; change: ChangeWebhook }

/** Changes name, URL, events and integration key; the format stays. */
export function EditWebhook({ project, webhook, change }: EditWebhookProps) {
  const [isOpen, setIsOpen] = useState(false)
  const [draft, setDraft] = useState(() => draftOf(webhook))
  const { isBusy, trouble, send, forget } = useAction(change, {
    done: say.isChanged(draft.name),
    onDone: () => setIsOpen(false),
  })

  function open() {
    setDraft(draftOf(webhook))
    forget()
    setIsOpen(true)
  }

  function submit(event: React.FormEvent) {
    event.preventDefault()
    const { name, url, events, routingKey } = draft
    send(project, {
      id: webhook.id,
      name,
      url,
      events,
      ...(routingKey.trim() && { routing_key: routingKey }),
    })
  }

  return (
    <>
      <Button onClick={open}>{say.change}</Button>
      <Dialog isOpen={isOpen} onClose={() => setIsOpen(false)} title={say.changeNamed(webhook.name)}>
        <form onSubmit={submit} noValidate className="space-y-4">
          <WebhookFields draft={draft} onChange={setDraft} trouble={trouble} isNew={false} />
          <TroubleNotice trouble={trouble} />
          <div className="flex justify-end">
            <Button type="submit" variant="primary" isBusy={isBusy}>
              {say.saveWebhook}
            </Button>
          </div>
        </form>
      </Dialog>
    </>
  )
}

function draftOf({ name, format, url, events }: Webhook): WebhookDraft {
  return { name, format, url, events, routingKey: '' }
}
