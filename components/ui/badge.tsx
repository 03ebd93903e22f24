import type { ReactNode } from 'react'
import * as say from '@/words/ui/badge'
import { Icon, type IconName } from './icon'

export const tones = {
  neutral: 'bg-sunken text-muted',
  info: 'bg-info-soft text-info',
  ok: 'bg-ok-soft text-ok',
  warn: 'bg-warn-soft text-warn',
  danger: 'bg-danger-soft text-danger',
} as const

export type Tone = keyof typeof tones

/** A short word on a tint. The word says everything that the colour says. */
export function Badge({
  tone = 'neutral',
  icon,
  children,
}: {
  tone?: Tone
  icon?: IconName
  children: ReactNode
}) {
  return (
    <span
      className={`inline-flex h-5 shrink-0 items-center gap-1 rounded-xs px-1.5 text-xs font-medium whitespace-nowrap ${tones[tone]}`}
    >
      {icon && <Icon name={icon} className="size-3!" />}
      {children}
    </span>
  )
}

export const statuses = {
  pending: { tone: 'warn', icon: 'pause', word: say.awaitingApproval },
  awaiting_approval: { tone: 'warn', icon: 'pause', word: say.awaitingApproval },
  approved: { tone: 'ok', icon: 'check', word: say.approved },
  rejected: { tone: 'danger', icon: 'cross', word: say.rejected },
  expired: { tone: 'neutral', icon: 'clock', word: say.expired },
  cancelled: { tone: 'neutral', icon: 'slash', word: say.cancelled },
  running: { tone: 'info', icon: 'runs', word: say.running },
  completed: { tone: 'ok', icon: 'check', word: say.completed },
  succeeded: { tone: 'ok', icon: 'check', word: say.succeeded },
  failed: { tone: 'danger', icon: 'cross', word: say.failed },
  delivered: { tone: 'ok', icon: 'check', word: say.delivered },
  retrying: { tone: 'warn', icon: 'clock', word: say.retrying },
} as const satisfies Record<string, { tone: Tone; icon: IconName; word: string }>

export type AnyStatus = keyof typeof statuses

/** The word for a status of an approval, a run, a tool call or a delivery. */
export function statusWord(status: AnyStatus): string {
  return statuses[status].word
}

/** A status of an approval, a run, a tool call or a delivery: word, sign and colour. */
export function StatusBadge({ status, word }: { status: AnyStatus; word?: string }) {
  const look = statuses[status]
  return (
    <Badge tone={look.tone} icon={look.icon}>
      {word ?? look.word}
    </Badge>
  )
}
