import type { Delivery } from '@/lib/webhooks/schemas'
import { Table, Td, Th } from '../../ui/table'
import { Moment } from '../../ui/time'
import { UntrustedText } from '../../ui/untrusted-text'

/** Every attempt of a delivery: when, what was answered, how long it took. */
export function AttemptList({ delivery }: { delivery: Delivery }) {
  if (delivery.attempts.length === 0) return <p className="text-sm text-muted">No attempt was made yet.</p>
  return (
    <Table label={`Attempts of ${delivery.type}`}>
      <thead>
        <tr>
          <Th>At</Th>
          <Th>Status</Th>
          <Th>Duration</Th>
          <Th>Answer</Th>
        </tr>
      </thead>
      <tbody>
        {delivery.attempts.map((attempt, at) => (
          <tr key={at}>
            <Td className="whitespace-nowrap">
              <Moment at={attempt.at} />
            </Td>
            <Td className="whitespace-nowrap">{attempt.status_code ?? 'none'}</Td>
            <Td className="whitespace-nowrap">{attempt.duration_ms.toLocaleString('en-US')} ms</Td>
            <Td className="min-w-56">
              {attempt.error !== null && <p className="text-danger">{attempt.error}</p>}
              {attempt.response ? (
                <UntrustedText text={attempt.response} maxCharacters={300} className="code" />
              ) : (
                <span className="text-muted">{attempt.response === '' ? 'empty' : 'none'}</span>
              )}
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}
