import { UntrustedText } from '../../ui/untrusted-text'
import type { ApprovalContext } from '@/lib/approvals/context/schemas'
import * as say from '@/words/approvals/context/strip-plot'
import { number } from '@/components/words/number'

type Numbers = ApprovalContext['similar']['numbers'][number]

const height = 36
/** Approved ticks stand below the line, rejected ones hang above it, expired ones lie across: not by colour alone. */
const marks = {
  approved: { y1: 19, y2: 33, className: 'stroke-ok' },
  rejected: { y1: 3, y2: 17, className: 'stroke-danger' },
  expired: { y1: 14, y2: 22, className: 'stroke-faint' },
} as const

/** Where a number stands among those of earlier requests: one tick for each, a bar for this one. */
export function StripPlot({ path, value, higher_than: share, calls }: Numbers) {
  const values = calls.map((call) => call.value)
  const [low, high] = [Math.min(value, ...values), Math.max(value, ...values)]
  const place = (at: number) => `${2 + (high === low ? 0.5 : (at - low) / (high - low)) * 96}%`
  const outcomes = (['approved', 'rejected', 'expired'] as const).filter((outcome) =>
    calls.some(({ status }) => status === outcome),
  )
  return (
    <figure>
      <figcaption className="mb-1 flex flex-wrap justify-between gap-x-4 text-xs text-muted">
        <span>
          {say.standsAmong(
            <code className="code text-ink">
              <UntrustedText text={path} maxCharacters={80} singleLine isBrief /> {figure(value)}
            </code>,
            standing(share),
            calls.length,
            figure(Math.min(...values)),
            figure(Math.max(...values)),
          )}
        </span>
        <span className="text-faint">
          {[...outcomes.map((outcome) => say.marks[outcome]), say.thisOne].join(' · ')}
        </span>
      </figcaption>
      {/* In words it stands above. */}
      <svg
        aria-hidden="true"
        width="100%"
        height={height}
        className="block rounded-sm border border-line bg-surface"
      >
        <line x1="0" x2="100%" y1={height / 2} y2={height / 2} className="stroke-line" />
        {calls.map((call) => {
          const { className, ...ends } = marks[call.status]
          const x = place(call.value)
          return (
            <line key={call.approval_id} x1={x} x2={x} {...ends} strokeWidth={1.5} className={className} />
          )
        })}
        <line
          x1={place(value)}
          x2={place(value)}
          y1={0}
          y2={height}
          strokeWidth={3}
          className="stroke-accent"
        />
      </svg>
      <p aria-hidden="true" className="mt-0.5 flex justify-between text-xs text-faint">
        <span>{figure(low)}</span>
        <span>{figure(high)}</span>
      </p>
    </figure>
  )
}

function standing(share: number): string {
  if (share === 1) return say.higherThanAll
  if (share === 0) return say.higherThanNone
  return say.higherThan(Math.min(99, Math.max(1, Math.round(share * 100))))
}

function figure(value: number): string {
  return number(value, 2)
}
