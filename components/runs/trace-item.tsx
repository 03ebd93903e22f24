import type { ReactNode } from 'react'
import { spanWords, utcWords } from '../ui/duration'
import { Icon, type IconName } from '../ui/icon'

type TraceItemProps = {
  icon: IconName
  tone?: 'warn' | 'danger' | 'ok' | 'neutral'
  title: ReactNode
  badge?: ReactNode
  runStartedAt: string
  startedAt: string
  endedAt: string | null
  titleId: string
  children?: ReactNode
}

const looks = {
  neutral: 'border-line bg-surface text-muted',
  ok: 'border-ok/40 bg-ok-soft text-ok',
  warn: 'border-warn/40 bg-warn-soft text-warn',
  danger: 'border-danger/40 bg-danger-soft text-danger',
} as const

/** One entry on the rail: its sign, what it is, when it began after the run's start, how long it took. */
export function TraceItem(props: TraceItemProps) {
  const { icon, tone = 'neutral', title, badge, runStartedAt, startedAt, endedAt, titleId, children } = props
  const offsetMs = Math.max(0, Date.parse(startedAt) - Date.parse(runStartedAt))
  return (
    <li aria-labelledby={titleId} className="group/item relative flex gap-3 pb-5 last:pb-0">
      <span className="absolute top-6 bottom-0 left-3 w-px bg-line group-last/item:hidden" />
      <span
        className={`relative flex size-6 shrink-0 items-center justify-center rounded-full border ${looks[tone]}`}
      >
        <Icon name={icon} className="size-3.5!" />
      </span>
      <div className="min-w-0 flex-1 space-y-2.5">
        <div className="flex min-h-6 flex-wrap items-center gap-x-2.5 gap-y-1">
          <span id={titleId} className="min-w-0">
            {title}
          </span>
          {badge}
          <span className="ml-auto text-xs whitespace-nowrap text-muted">
            <time dateTime={startedAt} title={utcWords(startedAt)}>
              {offsetMs < 1000 ? 'at the start' : `+${spanWords(offsetMs)}`}
            </time>
            {endedAt && ` · took ${spanWords(Date.parse(endedAt) - Date.parse(startedAt))}`}
          </span>
        </div>
        {children}
      </div>
    </li>
  )
}
