'use client'

import { needsOf } from '@/lib/approvals/needs'
import type { SeenApproval } from '@/lib/approvals/schemas'
import { namesWords } from '@/lib/policy/requirement-words'
import { plainText } from '@/lib/untrusted/channels'
import * as say from '@/words/approvals/people/who-decides'
import { TimeOfDay } from '../../ui/time'
import { DetailSection } from '../detail-section'
import { Faces } from './faces'
import { openSeats } from '../open-seats'
import { Votes } from './votes'

type WhoDecidesProps = { project: string; approval: SeenApproval }

/** Who decides as the policy says, how far that has come, and what people said so far. */
export function WhoDecides({ project, approval }: WhoDecidesProps) {
  const { requirement, progress, reviews, status } = approval
  if (requirement === null) return null
  const isPending = status === 'pending'
  return (
    <DetailSection title={say.whoDecides}>
      <div className="space-y-2 rounded-md border border-line bg-surface px-3.5 py-3">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
          <p data-needs="" className="min-w-0 text-sm font-medium wrap-anywhere">
            <bdi>{isPending ? shown(needsOf(approval)) : say.endedWith(shown(progress?.text ?? ''))}</bdi>
          </p>
          <Faces reviews={reviews} open={isPending ? openSeats(approval) : 0} />
        </div>
        <Votes project={project} reviews={reviews} />
        <Conditions approval={approval} />
      </div>
    </DetailSection>
  )
}

/** Who may not, who may too and from when, and that a reason is asked for. */
function Conditions({ approval }: { approval: SeenApproval }) {
  const { requirement, status } = approval
  if (requirement === null) return null
  const { exclude, escalate, reason } = requirement
  if (exclude.length === 0 && escalate.length === 0 && reason === 'optional') return null
  return (
    <ul className="space-y-0.5 border-t border-line pt-2 text-xs text-muted">
      {exclude.length > 0 && <li>{say.mayNotDecide(exclude.map((kind) => say.excluded[kind]))}</li>}
      {escalate.map(({ at, to, reached }) => (
        <li key={`${at} ${to.join()}`} className={reached ? 'font-medium text-ink' : ''}>
          {escalationWords(reached, status === 'pending')(
            <TimeOfDay at={at} />,
            <bdi>{shown(namesWords(to))}</bdi>,
          )}
        </li>
      ))}
      {reason !== 'optional' && (
        <li>{reason === 'required' ? say.whoDecidesSaysWhy : say.whoRejectsSaysWhy}</li>
      )}
    </ul>
  )
}

/** Who may decide too, and from when, or who might have. */
function escalationWords(isReached: boolean, isPending: boolean) {
  if (isReached) return isPending ? say.sinceMayDecide : say.sinceCouldDecide
  return isPending ? say.fromMayDecide : say.atWouldHaveBeenAsked
}

function shown(text: string): string {
  return plainText(text, { singleLine: true, maxCharacters: 600 })
}
