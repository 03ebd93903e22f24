'use client'

import { formatOfUrl } from '@/lib/webhooks/formats/hosts'
import { allEvents, canSend, webhookFormats, type AnyEvent } from '@/lib/webhooks/formats/names'
import type { Webhook } from '@/lib/webhooks/schemas'
import * as say from '@/words/settings/webhooks/webhook-fields'
import * as named from '@/words/settings/webhook-names'
import { Button } from '../../ui/button'
import { CheckboxField } from '../../ui/checkbox-field'
import { FieldError } from '../../ui/field'
import { SelectField } from '../../ui/select-field'
import { TextField } from '../../ui/text-field'
import { Notice } from '../../ui/notice'
import { errorOf, type Trouble } from '../../ui/trouble'

/** What the form holds; the same for a new webhook and for a change. */
export type WebhookDraft = {
  name: string
  format: Webhook['format']
  url: string
  routingKey: string
  events: AnyEvent[]
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
          label={say.sendTo}
          hint={named.formats[draft.format].hint}
          value={draft.format}
          onChange={(event) => set({ format: event.target.value as Webhook['format'] })}
          error={errorOf(trouble, 'format')}
        >
          {webhookFormats.map((format) => (
            <option key={format} value={format}>
              {named.formats[format].name}
            </option>
          ))}
        </SelectField>
      )}
      {isPagerduty && (
        <TextField
          label={say.integrationKey}
          hint={isNew ? say.integrationKeyHint : say.emptyStays}
          isOptional={!isNew}
          autoComplete="off"
          value={draft.routingKey}
          onChange={(event) => set({ routingKey: event.target.value })}
          error={errorOf(trouble, 'routing_key')}
        />
      )}
      <TextField
        label={say.url}
        type="url"
        hint={isPagerduty && isNew ? say.emptyIsUsRegion : named.formats[draft.format].urlHint}
        isOptional={isPagerduty && isNew}
        autoComplete="off"
        placeholder={named.formats[draft.format].url}
        value={draft.url}
        onChange={(event) => set({ url: event.target.value })}
        error={errorOf(trouble, 'url')}
      />
      <OtherService draft={draft} isNew={isNew} onChoose={(format) => set({ format })} />
      <TextField
        label={say.name}
        hint={isNew ? say.emptyIsTheHost : undefined}
        isOptional={isNew}
        autoComplete="off"
        value={draft.name}
        onChange={(event) => set({ name: event.target.value })}
        error={errorOf(trouble, 'name')}
      />
      <EventFields
        format={draft.format}
        chosen={draft.events}
        onChange={(events) => set({ events })}
        error={errorOf(trouble, 'events')}
      />
    </>
  )
}

type OtherServiceProps = {
  draft: WebhookDraft
  isNew: boolean
  onChoose: (format: Webhook['format']) => void
}

/** Says where the URL is plainly another service's than the webhook is made for; it may be meant all the same. */
function OtherService({ draft, isNew, onChoose }: OtherServiceProps) {
  const format = formatOfUrl(draft.url.trim())
  const isOther = format !== undefined && format !== draft.format
  return (
    <output className={isOther ? 'block' : 'sr-only'}>
      {isOther && (
        <Notice tone="warn">
          <p>
            {say.isAnAddressOf(named.formats[format].name, named.formats[draft.format].name)}
            {!isNew && ` ${say.makeAnotherFor(named.formats[format].name)}`}
          </p>
          {isNew && (
            <Button size="sm" className="mt-2" onClick={() => onChoose(format)}>
              {say.sendToService(named.formats[format].name)}
            </Button>
          )}
        </Notice>
      )}
    </output>
  )
}

type EventFieldsProps = {
  format: Webhook['format']
  chosen: AnyEvent[]
  onChange: (events: AnyEvent[]) => void
  error: string | undefined
}

function EventFields({ format, chosen, onChange, error }: EventFieldsProps) {
  return (
    <fieldset aria-describedby={error ? 'events-error' : undefined}>
      <legend className="mb-1 text-sm font-medium">{say.whatIsSent}</legend>
      <div className="grid grid-cols-2 gap-x-4 gap-y-1.5 sm:grid-cols-3">
        {allEvents
          .filter((event) => canSend(format, event))
          .map((event) => (
            <CheckboxField
              key={event}
              label={named.events[event]}
              checked={chosen.includes(event)}
              onChange={({ target }) =>
                onChange(allEvents.filter((one) => (one === event ? target.checked : chosen.includes(one))))
              }
            />
          ))}
      </div>
      {error && <FieldError id="events-error">{error}</FieldError>}
    </fieldset>
  )
}
