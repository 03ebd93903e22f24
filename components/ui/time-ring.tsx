'use client'

import * as say from '@/words/ui/time-ring'
import { useNow } from './clock'
import { exactSpanWords, spanWords } from './duration'
import { useFullWords } from './time'
import { urgencyOf } from './urgency'

const looks = { calm: 'text-faint', soon: 'text-warn', urgent: 'text-danger', over: 'text-danger' } as const
const radius = 5
const round = 2 * Math.PI * radius

/** Time to a deadline in few words beside a ring that empties; the words say what the colour says. */
export function TimeRing({ from, until }: { from: string; until: string }) {
  const now = useNow()
  const wholeMs = Date.parse(until) - Date.parse(from)
  const leftMs = Date.parse(until) - now
  const urgency = urgencyOf(leftMs, wholeMs)
  const share = Math.max(0, Math.min(1, leftMs / wholeMs))
  const words =
    urgency === 'over' ? say.over : urgency === 'urgent' ? exactSpanWords(leftMs) : spanWords(leftMs)
  return (
    <time
      dateTime={until}
      title={say.expires(useFullWords(until))}
      className={`flex items-center gap-1.5 text-xs whitespace-nowrap ${looks[urgency]} ${urgency === 'calm' ? '' : 'font-medium'}`}
    >
      {urgency === 'urgent' && <span className="sr-only">{say.urgent} </span>}
      {urgency === 'soon' && <span className="sr-only">{say.soon} </span>}
      {words}
      <span className="sr-only"> {urgency === 'over' ? say.theDeadlinePassed : say.leftAfter}</span>
      <svg
        aria-hidden="true"
        viewBox="0 0 14 14"
        className="size-3.5 -rotate-90"
        fill="none"
        strokeWidth="2.5"
      >
        <circle cx="7" cy="7" r={radius} className="stroke-line" />
        <circle
          cx="7"
          cy="7"
          r={radius}
          stroke="currentColor"
          strokeDasharray={`${(share * round).toFixed(1)} ${round.toFixed(1)}`}
        />
      </svg>
    </time>
  )
}
