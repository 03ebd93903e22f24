'use client'

import { useState } from 'react'
import { canSend, webhookEvents } from '@/lib/webhooks/formats/names'
import type { CreateWebhookInput, WebhookWithSecret } from '@/lib/webhooks/schemas'
import * as say from '@/words/settings/webhooks/create-webhook'
import { Button } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { TroubleNotice } from '../../ui/trouble'
import { useAction, type Action } from '../../ui/use-action'
import { NewSecret } from './new-secret'
import { WebhookFields, type WebhookDraft } from './webhook-fields'

const empty: WebhookDraft = {
  name: '',
  format: 'standard',
  url: '',
  routingKey: '',
  events: [...webhookEvents],
}

type CreateWebhookProps = { project: string; make: Action<CreateWebhookInput, WebhookWithSecret> }

/** A button that opens the form for a new webhook; its signing secret is shown once, in the same dialog. */
export function CreateWebhook({ project, make }: CreateWebhookProps) {
  const [isOpen, setIsOpen] = useState(false)
  const [draft, setDraft] = useState(empty)
  const [made, setMade] = useState<WebhookWithSecret | null>(null)
  const { isBusy, trouble, send, forget } = useAction(make, {
    done: say.webhookIsMade,
    onDone: setMade,
  })

  function open() {
    setDraft(empty)
    setMade(null)
    forget()
    setIsOpen(true)
  }

  function submit(event: React.FormEvent) {
    event.preventDefault()
    const { name, format, url, routingKey, events } = draft
    send(project, {
      format,
      events: events.filter((event) => canSend(format, event)),
      ...(name.trim() && { name }),
      ...((url.trim() || format !== 'pagerduty') && { url }),
      ...(format === 'pagerduty' && { routing_key: routingKey }),
    })
  }

  return (
    <>
      <Button variant="primary" onClick={open}>
        {say.newWebhook}
      </Button>
      <Dialog
        isOpen={isOpen}
        onClose={() => setIsOpen(false)}
        title={made ? say.isMade(made.name) : say.newWebhook}
      >
        {made ? (
          <NewSecret project={project} webhook={made} onClose={() => setIsOpen(false)} />
        ) : (
          <form onSubmit={submit} noValidate className="space-y-4">
            <WebhookFields draft={draft} onChange={setDraft} trouble={trouble} isNew />
            <TroubleNotice trouble={trouble} />
            <div className="flex justify-end">
              <Button type="submit" variant="primary" isBusy={isBusy}>
                {say.makeWebhook}
              </Button>
            </div>
          </form>
        )}
      </Dialog>
    </>
  )
}
