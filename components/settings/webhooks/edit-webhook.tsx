'use client'

import { useState } from 'react'
import { changeWebhook } from '@/app/[project]/settings/webhooks/actions'
import type { Webhook } from '@/lib/webhooks/schemas'
import { Button } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { TroubleNotice } from '../trouble-notice'
import { useAct } from '../use-act'
import { WebhookFields, type WebhookDraft } from './webhook-fields'

/** Changes name, URL, events and integration key; the format stays. */
export function EditWebhook({ project, webhook }: { project: string; webhook: Webhook }) {
  const [isOpen, setIsOpen] = useState(false)
  const [draft, setDraft] = useState(() => draftOf(webhook))
  const { isBusy, trouble, act, forget } = useAct()

  function open() {
    setDraft(draftOf(webhook))
    forget()
    setIsOpen(true)
  }

  async function send(event: React.FormEvent) {
    event.preventDefault()
    const { name, url, events, routingKey } = draft
    const input = { id: webhook.id, name, url, events, ...(routingKey.trim() && { routing_key: routingKey }) }
    await act(
      () => changeWebhook(project, input),
      `${name} is changed.`,
      () => setIsOpen(false),
    )
  }

  return (
    <>
      <Button onClick={open}>Change</Button>
      <Dialog isOpen={isOpen} onClose={() => setIsOpen(false)} title={`Change ${webhook.name}`}>
        <form onSubmit={(event) => void send(event)} noValidate className="space-y-4">
          <WebhookFields draft={draft} onChange={setDraft} trouble={trouble} isNew={false} />
          <TroubleNotice trouble={trouble} />
          <div className="flex justify-end">
            <Button type="submit" variant="primary" isBusy={isBusy}>
              Save webhook
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
