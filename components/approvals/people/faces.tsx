import type { SeenApproval } from '@/lib/approvals/schemas'
import { plainText } from '@/lib/untrusted/channels'
import * as say from '@/words/approvals/people/faces'
import { Icon } from '../../ui/icon'

type Review = SeenApproval['reviews'][number]

const most = 12

/** The votes that count as filled faces, open seats as empty ones, votes that do not count greyed with why. */
export function Faces({ reviews, open }: { reviews: Review[]; open: number }) {
  const acts = reviews.filter(({ decision }) => decision !== 'withdraw')
  const shown = [...acts.filter(({ counts }) => counts), ...acts.filter(({ counts }) => !counts)]
  if (shown.length + open === 0) return null
  return (
    <ul aria-label={say.votes} className="flex flex-wrap items-center gap-1">
      {shown.slice(0, most).map((review) => (
        <Face key={review.id} review={review} />
      ))}
      {Array.from({ length: Math.min(open, most) }, (_, at) => (
        <li
          key={at}
          title={say.openSeat}
          className="flex size-7 items-center justify-center rounded-full border border-dashed border-control"
        >
          <span className="sr-only">{say.openSeatMissing}</span>
          <Icon name="user" className="size-3.5! text-faint" />
        </li>
      ))}
    </ul>
  )
}

function Face({ review }: { review: Review }) {
  const { decision, counts, why_not: why, reviewer } = review
  const name = plainText(reviewer.name ?? reviewer.email, { singleLine: true, maxCharacters: 80 })
  const did = `${name} ${decision === 'withdraw' ? '' : say.past[decision]}`
  const words = counts ? did : say.doesNotCountAsIt(did, why ?? say.wasReplaced)
  const look = !counts
    ? 'border-line bg-sunken text-faint line-through'
    : decision === 'approve'
      ? 'border-transparent bg-ok-solid text-on-solid'
      : 'border-transparent bg-danger-solid text-on-solid'
  return (
    <li title={words} className="relative">
      <span className="sr-only">{words}</span>
      <span
        aria-hidden="true"
        className={`flex size-7 items-center justify-center rounded-full border text-xs font-semibold ${look}`}
      >
        {initialsOf(name)}
      </span>
      {counts && (
        <span
          aria-hidden="true"
          className="absolute -right-0.5 -bottom-0.5 flex size-3 items-center justify-center rounded-full border border-line bg-surface text-ink"
        >
          <Icon name={decision === 'approve' ? 'check' : 'cross'} className="size-2.5!" />
        </span>
      )}
    </li>
  )
}

function initialsOf(name: string): string {
  const words = (name.split('@')[0] ?? '').split(/[\s._-]+/).filter(Boolean)
  return words
    .slice(0, 2)
    .map((word) => [...word][0]?.toUpperCase())
    .join('')
}
