/** What those who may decide hear again of, and how far on the way from the request to the deadline. */
const reminders = [
  { kind: 'half_time', share: 0.5 },
  { kind: 'last_call', share: 0.9 },
] as const

/** What is done about an approval while it waits. A step only tells people; it never changes who may decide. */
export type Step = { kind: (typeof reminders)[number]['kind']; at: Date }
export type StepKind = Step['kind']
export const stepKinds = reminders.map(({ kind }): StepKind => kind)

type Times = { requestedAt: Date; expiresAt: Date }

function stepsOf({ requestedAt, expiresAt }: Times): Step[] {
  const from = requestedAt.getTime()
  const span = expiresAt.getTime() - from
  return reminders.map(({ kind, share }) => ({ kind, at: new Date(from + span * share) }))
}

/** The step that comes after this moment; undefined where none is left. */
export function nextStep(approval: Times, now: Date): Step | undefined {
  return stepsOf(approval).find(({ at }) => at > now)
}

/** The step that is due at this moment; one so late that the next is due too gives way to it. */
export function dueStep(approval: Times, now: Date): Step | undefined {
  return stepsOf(approval).findLast(({ at }) => at <= now)
}
