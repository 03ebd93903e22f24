import type { Delivery, DeliveryAttempt } from '@/lib/webhooks/schemas'
import * as say from '@/words/settings/webhooks/attempt-list'
import { Moment } from '../../ui/time'
import { UntrustedText } from '../../ui/untrusted-text'

/** Every attempt of a delivery, oldest first: when, what was answered, how long it took. */
export function AttemptList({ delivery }: { delivery: Delivery }) {
  if (delivery.attempts.length === 0) return <p className="text-sm text-muted">{say.noAttempt}</p>
  return (
    <ol
      aria-label={say.attempts}
      className="divide-y divide-line rounded-md border border-line bg-raised text-sm"
    >
      {delivery.attempts.map((attempt, at) => (
        <li key={at} className="space-y-1 px-3 py-2">
          <p className="flex flex-wrap gap-x-4">
            <Moment at={attempt.at} className="text-muted" />
            <span>{say.statusWas(attempt.status_code)}</span>
            <span>{say.milliseconds(attempt.duration_ms)}</span>
          </p>
          {attempt.error !== null && <p className="text-danger">{attempt.error}</p>}
          <Answer response={attempt.response} />
        </li>
      ))}
    </ol>
  )
}

/** What the receiver wrote; it may be anything. */
function Answer({ response }: Pick<DeliveryAttempt, 'response'>) {
  if (response === null) return null
  return (
    <p>
      <span className="text-muted">{say.answer} </span>
      {response === '' ? (
        <span className="text-muted">{say.emptyAnswer}</span>
      ) : (
        <UntrustedText text={response} maxCharacters={300} className="code" />
      )}
    </p>
  )
}
