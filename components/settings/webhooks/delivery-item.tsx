'use client'

import Link from 'next/link'
import { useId, useState } from 'react'
import { pages } from '@/lib/paths'
import { mostAttempts } from '@/lib/webhooks/schedule'
import type { Delivery } from '@/lib/webhooks/schemas'
import * as say from '@/words/settings/webhooks/delivery-item'
import { useLive } from '../../frame/live'
import { Badge, StatusBadge } from '../../ui/badge'
import { Button } from '../../ui/button'
import { useNow } from '../../ui/clock'
import { Icon } from '../../ui/icon'
import { Moment, TimeOfDay } from '../../ui/time'
import { TroubleNotice } from '../../ui/trouble'
import { useAction, type Action } from '../../ui/use-action'
import { AttemptList } from './attempt-list'

/** Sends a delivery once more. */
export type Redeliver = Action<{ id: string; delivery: string }, unknown>

type DeliveryItemProps = {
  project: string
  delivery: Delivery
  canRedeliver: boolean
  redeliver: Redeliver
}

const soonMs = 1500

/** One delivery: what it told, what became of it, and one press away every attempt with its answer. */
export function DeliveryItem({ project, delivery, canRedeliver, redeliver }: DeliveryItemProps) {
  const [isExpanded, setExpanded] = useState(false)
  const id = useId()
  const { tell } = useLive()
  const { isBusy, trouble, send } = useAction(redeliver, {
    done: say.sentAgain,
    onDone: tell,
  })
  const what = say.eventOf(delivery.type, delivery.created_at)
  return (
    <li aria-labelledby={id}>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1.5 px-3 py-2 sm:px-4">
        <div className="min-w-44 flex-1">
          <p id={id} className="code text-sm font-medium">
            {delivery.type}
          </p>
          <p className="text-xs text-muted">
            <Moment at={delivery.created_at} />
          </p>
        </div>
        <div className="flex min-w-32 flex-1 flex-wrap items-center gap-2 text-sm">
          <DeliveryState delivery={delivery} />
          <span className="text-muted">{outcomeOf(delivery)}</span>
        </div>
        <div className="flex items-center gap-2">
          {canRedeliver && (
            <Button
              size="sm"
              isBusy={isBusy}
              aria-label={say.redeliverNamed(what)}
              onClick={() => send(project, { id: delivery.webhook_id, delivery: delivery.id })}
            >
              {say.redeliver}
            </Button>
          )}
          <button
            type="button"
            aria-label={say.attemptsOf(what)}
            aria-expanded={isExpanded}
            title={isExpanded ? say.hideTheAttempts : say.showTheAttempts}
            onClick={() => setExpanded(!isExpanded)}
            className="inline-flex size-7 items-center justify-center rounded-sm text-muted hover:bg-sunken hover:text-ink pointer-coarse:size-9"
          >
            <Icon name="chevron" className={isExpanded ? 'rotate-90' : ''} />
          </button>
        </div>
      </div>
      {trouble && (
        <div className="px-3 pb-2 sm:px-4">
          <TroubleNotice trouble={trouble} />
        </div>
      )}
      {isExpanded && (
        <div className="space-y-3 px-3 pb-4 sm:px-4">
          <p className="text-xs text-muted">
            {say.messageId} <code className="code">{delivery.message_id}</code>
            {delivery.approval_id && (
              <>
                {' · '}
                <Link
                  href={pages.approvals(project, { approval: delivery.approval_id })}
                  className="text-accent hover:underline"
                >
                  {say.openTheApproval}
                </Link>
              </>
            )}
          </p>
          <AttemptList delivery={delivery} />
        </div>
      )}
    </li>
  )
}

/** What became of it so far, how often it was tried, and when it is tried next where that is not at once. */
function DeliveryState({ delivery }: { delivery: Delivery }) {
  const { status, next_attempt_at: next, attempts } = delivery
  const isLater = useNow() < Date.parse(next ?? '') - soonMs
  if (status === 'pending') return <Badge icon="clock">{say.notSentYet}</Badge>
  return (
    <>
      <StatusBadge status={status} />
      {status === 'retrying' && (
        <span>
          {say.attemptsSoFar(attempts.length, mostAttempts)}
          {next !== null && isLater && say.next(<TimeOfDay at={next} />)}
        </span>
      )}
    </>
  )
}

function outcomeOf({ attempts, status }: Delivery): string {
  const last = attempts.at(-1)
  if (!last) return status === 'pending' ? '' : say.neverSent
  return say.outcome(last.status_code, last.duration_ms, attempts.length)
}
