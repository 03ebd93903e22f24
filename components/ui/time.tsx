'use client'

import * as say from '@/words/ui/time'
import { useIsHydrated, useNow } from './clock'
import { useDisplay } from './display-context'
import {
  ageWords,
  exactSpanWords,
  momentWords,
  spanWords,
  timeOfDayWords,
  utcWords,
  type ClockChoice,
} from './duration'
import { urgencyOf } from './urgency'

/** UTC in server markup; with the reader's own time once it is known. */
export function useFullWords(at: string): string {
  const { hours } = useDisplay().display
  return useIsHydrated() ? `${utcWords(at)} · ${momentWords(at, { zone: 'local', hours })}` : utcWords(at)
}

/** How times are told: as the person chose, but in UTC where their zone is not known yet. */
export function useClockChoice(): ClockChoice {
  const { zone, hours } = useDisplay().display
  return { zone: useIsHydrated() ? zone : 'utc', hours }
}

/**
 * How long ago, ticking; the full moment is its title. At the end of a dense row `5m`; in a sentence, after other words
 * and under a column's head, with `isLong`, `5 min ago`.
 */
export function Age({
  at,
  isLong = false,
  className = '',
}: {
  at: string
  isLong?: boolean
  className?: string
}) {
  const passedMs = useNow() - Date.parse(at)
  const long = passedMs < 5000 ? say.justNow : say.ago(spanWords(passedMs))
  return (
    <time dateTime={at} title={useFullWords(at)} className={`whitespace-nowrap ${className}`}>
      {isLong ? long : ageWords(passedMs)}
    </time>
  )
}

/** The moment itself, in the zone of the person's choice; both in its title. */
export function Moment({ at, className = '' }: { at: string; className?: string }) {
  const words = momentWords(at, useClockChoice())
  return (
    <time suppressHydrationWarning dateTime={at} title={useFullWords(at)} className={className}>
      {words}
    </time>
  )
}

const dayMs = 86_400_000

/** A moment near now: the time alone where that is within a day. */
export function TimeOfDay({ at }: { at: string }) {
  const choice = useClockChoice()
  const isNear = Math.abs(useNow() - Date.parse(at)) < dayMs
  return (
    <time suppressHydrationWarning dateTime={at} title={useFullWords(at)} className="whitespace-nowrap">
      {isNear ? timeOfDayWords(at, choice) : momentWords(at, choice)}
    </time>
  )
}

const looks = {
  calm: 'text-muted',
  soon: 'text-warn font-medium',
  urgent: 'text-danger font-medium',
  over: 'text-danger font-medium',
} as const

/** Time to a deadline, ticking, with its urgency in words and colour. */
export function TimeLeft({
  from,
  until,
  className = '',
}: {
  from: string
  until: string
  className?: string
}) {
  const now = useNow()
  const leftMs = Date.parse(until) - now
  const urgency = urgencyOf(leftMs, Date.parse(until) - Date.parse(from))
  const title = say.expires(useFullWords(until))
  const words = urgency === 'over' ? say.deadlinePassed : say.left(exactSpanWords(leftMs))
  return (
    <time dateTime={until} title={title} className={`whitespace-nowrap ${looks[urgency]} ${className}`}>
      {urgency === 'urgent' && `${say.urgent} `}
      {urgency === 'soon' && `${say.soon} `}
      {words}
    </time>
  )
}
