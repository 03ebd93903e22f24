/** What those who may decide hear again of, and how far on the way from the request to the deadline. */
export const reminders = [
  { kind: 'half_time', share: 0.5 },
  { kind: 'last_call', share: 0.9 },
] as const

export type ReminderKind = (typeof reminders)[number]['kind']

type Times = { requestedAt: Date; expiresAt: Date }

/** When a reminder is due. */
function reminderAt(approval: Times, kind: ReminderKind): Date {
  const share = reminders.find((one) => one.kind === kind)?.share ?? 1
  const from = approval.requestedAt.getTime()
  return new Date(from + (approval.expiresAt.getTime() - from) * share)
}

/** When the reminder after this one is due, or the first; null where there is none. */
export function nextReminder(approval: Times, after: ReminderKind | null): Date | null {
  const next = reminders[reminders.findIndex((one) => one.kind === after) + 1]
  return next ? reminderAt(approval, next.kind) : null
}

/** Which reminder is due at this moment; one so late that the next is due too gives way to it. */
export function dueReminder(approval: Times, now: Date): ReminderKind | null {
  return reminders.findLast(({ kind }) => reminderAt(approval, kind) <= now)?.kind ?? null
}
