'use client'

import { webhookEvents, webhookFormats, type WebhookEvent } from '@/lib/webhooks/formats/names'
import type { Webhook } from '@/lib/webhooks/schemas'
import { CheckboxField, FieldError, SelectField, TextField } from '../../ui/field'
import { errorOf, type Trouble } from '../use-act'
import { eventWords, formatWords } from './words'

/** What the form holds; the same for a new webhook and for a change. */
export type WebhookDraft = {
  name: string
  format: Webhook['format']
  url: string
  routingKey: string
  events: WebhookEvent[]
}

type WebhookFieldsProps = {
  draft: WebhookDraft
  onChange: (draft: WebhookDraft) => void
  trouble: Trouble | null
  /** A change keeps the format, and may leave the routing key as it is. */
  isNew: boolean
}

export function WebhookFields({ draft, onChange, trouble, isNew }: WebhookFieldsProps) {
  const set = (more: Partial<WebhookDraft>) => onChange({ ...draft, ...more })
  const isPagerduty = draft.format === 'pagerduty'
  return (
    <>
      {isNew && (
        <SelectField
          label="Send to"
          hint={formatWords[draft.format].hint}
          value={draft.format}
          onChange={(event) => set({ format: event.target.value as Webhook['format'] })}
          error={errorOf(trouble, 'format')}
        >
          {webhookFormats.map((format) => (
            <option key={format} value={format}>
              {formatWords[format].name}
            </option>
          ))}
        </SelectField>
      )}
      {isPagerduty && (
        <TextField
          label="Integration key"
          hint={isNew ? 'Of the service’s integration “Events API v2”.' : 'Empty: stays as it is.'}
          isOptional={!isNew}
          autoComplete="off"
          value={draft.routingKey}
          onChange={(event) => set({ routingKey: event.target.value })}
          error={errorOf(trouble, 'routing_key')}
        />
      )}
      <TextField
        label="URL"
        type="url"
        hint={isPagerduty && isNew ? 'Empty: the Events API in the US region.' : undefined}
        isOptional={isPagerduty && isNew}
        autoComplete="off"
        placeholder={isPagerduty ? 'https://events.pagerduty.com/v2/enqueue' : 'https://'}
        value={draft.url}
        onChange={(event) => set({ url: event.target.value })}
        error={errorOf(trouble, 'url')}
      />
      <TextField
        label="Name"
        hint={isNew ? 'Empty: the host of the URL.' : undefined}
        isOptional={isNew}
        autoComplete="off"
        value={draft.name}
        onChange={(event) => set({ name: event.target.value })}
        error={errorOf(trouble, 'name')}
      />
      <EventFields chosen={draft.events} onChange={(events) => set({ events })} error={errorOf(trouble, 'events')} />
    </>
  )
}

type EventFieldsProps = {
  chosen: WebhookEvent[]
  onChange: (events: WebhookEvent[]) => void
  error: string | undefined
}

function EventFields({ chosen, onChange, error }: EventFieldsProps) {
  return (
    <fieldset aria-describedby={error ? 'events-error' : undefined}>
      <legend className="mb-1 text-sm font-medium">When an approval is</legend>
      <div className="grid grid-cols-2 gap-x-4 gap-y-1.5 sm:grid-cols-3">
        {webhookEvents.map((event) => (
          <CheckboxField
            key={event}
            label={eventWords[event]}
            checked={chosen.includes(event)}
            onChange={({ target }) =>
              onChange(webhookEvents.filter((one) => (one === event ? target.checked : chosen.includes(one))))
            }
          />
        ))}
      </div>
      {error && <FieldError id="events-error">{error}</FieldError>}
    </fieldset>
  )
}
