import { escalationsOf } from '../policy/escalations'
import type { Terms } from '../policy/terms'

/** What those who may decide hear again of, and how far on the way from the request to the deadline. */
const reminders = [
  { kind: 'half_time', share: 0.5 },
  { kind: 'last_call', share: 0.9 },
] as const

/** What is done about an approval while it waits. A step only tells people; it never changes who may decide. */
export type Step = { kind: ReminderKind | 'escalated'; at: Date }
type Reminder = Step & { kind: ReminderKind }
export type ReminderKind = (typeof reminders)[number]['kind']
export const reminderKinds = reminders.map(({ kind }): ReminderKind => kind)

type Timed = { requestedAt: Date; expiresAt: Date; terms: Terms | null }

/** In the order of their times. Escalations stay where they are when the deadline moves. */
function stepsOf({ requestedAt, expiresAt, terms }: Timed): Step[] {
  const from = requestedAt.getTime()
  const span = expiresAt.getTime() - from
  const reminded = reminders.map(({ kind, share }) => ({ kind, at: new Date(from + span * share) }))
  const escalations = escalationsOf(terms, requestedAt, requestedAt).filter(({ at }) => at < expiresAt)
  return [...escalations.map(({ at }): Step => ({ kind: 'escalated', at })), ...reminded].toSorted(
    (a, b) => a.at.getTime() - b.at.getTime(),
  )
}

/** The step that comes after this moment; undefined where none is left. */
export function nextStep(approval: Timed, now: Date): Step | undefined {
  return stepsOf(approval).find(({ at }) => at > now)
}

/** The reminder that is due at this moment; one so late that the next is due too gives way to it. */
export function dueReminder(approval: Timed, now: Date): Reminder | undefined {
  return stepsOf(approval).findLast((step): step is Reminder => step.kind !== 'escalated' && step.at <= now)
}
