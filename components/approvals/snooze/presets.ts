import { latestEnd } from '@/lib/approvals/snooze-end'
import * as say from '@/words/approvals/snooze/presets'
import type { ClockChoice } from '../../ui/duration'

/** Until when a request may be put off; `isLatest`: no longer than that is possible. */
export type Preset = { words: string | null; until: number; isLatest: boolean }

const minuteMs = 60_000
const morningHour = 9

/**
 * What is offered at a moment: the spans that end before the request has to be back, and where one of them does not,
 * that end itself; nothing where it is over.
 */
export function presetsOf(
  { askedAt, dueAt }: { askedAt: number; dueAt: number },
  now: number,
  zone: ClockChoice['zone'],
): Preset[] {
  const latest = latestEnd(askedAt, dueAt)
  if (latest <= now) return []
  const all = [
    { words: say.in15Minutes, until: now + 15 * minuteMs },
    { words: say.inAnHour, until: now + 60 * minuteMs },
    { words: say.tomorrow, until: nextMorning(now, zone) },
  ]
  const possible = all.filter(({ until }) => until < latest).map((one) => ({ ...one, isLatest: false }))
  return possible.length === all.length
    ? possible
    : [...possible, { words: null, until: latest, isLatest: true }]
}

/** Nine o'clock of the next day, where the person is or in UTC. */
function nextMorning(now: number, zone: ClockChoice['zone']): number {
  const day = new Date(now)
  if (zone === 'utc')
    return Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), day.getUTCDate() + 1, morningHour)
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() + 1, morningHour).getTime()
}
