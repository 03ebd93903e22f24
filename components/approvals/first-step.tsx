'use client'

import type { SeenApproval } from '@/lib/approvals/schemas'
import { useOwnId } from '../frame/own-id'
import { useIsPaused } from '../pause/paused-agents'
import { Button } from '../ui/button'
import { Kbd } from '../ui/kbd'
import { Age } from '../ui/time'
import { objectWords } from './call-words'
import { changesWords } from './decision-words'
import { rejectionWords } from './details'
import type { DecisionKind } from './use-decision'

/** What an approval and a rejection do, in a line each. */
function Consequences({
  approval,
  changeCount,
  isPaused,
}: Pick<FirstStepProps, 'approval' | 'changeCount'> & { isPaused: boolean }) {
  return (
    <div
      className={`min-w-0 flex-1 basis-72 text-xs leading-4.5 text-muted ${isPaused ? '' : 'max-sm:hidden'}`}
    >
      {isPaused ? (
        <p>
          <b className="font-semibold text-danger">Cannot be approved</b> while {approval.agent} is paused.
        </p>
      ) : (
        <p>
          <b className="font-semibold text-ink">If approved</b>{' '}
          {approval.requirement !== null && 'by all that are needed, '}
          {approval.agent} runs it once, with exactly {changeCount > 0 ? 'the changed' : 'these'} params,
          within 15 minutes.
        </p>
      )}
      <p>
        <b className="font-semibold text-ink">If rejected</b> {lowerFirst(rejectionWords(approval))}.
      </p>
    </div>
  )
}

const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1)

type FirstStepProps = {
  approval: SeenApproval
  isReady: boolean
  /** So many values would be others than were asked for; 0 where none was edited. */
  changeCount: number
  onStep: (step: DecisionKind) => void
  /** Takes one's own vote back, which waits for others. */
  onWithdraw: () => void
  isBusy: boolean
}

/** Opens the second step and decides nothing. */
export function FirstStep(props: FirstStepProps) {
  const { approval, isReady, changeCount, onStep, onWithdraw, isBusy } = props
  const own = useOwnVote(approval)
  const isPaused = useIsPaused()(approval.agent)
  const what = objectWords(approval)
  const withChanges = changeCount > 0 ? ` with ${changesWords(changeCount)}` : ''
  const press = (kind: DecisionKind) => () => onStep(kind)
  return (
    <div className="flex flex-wrap items-center justify-end gap-x-6 gap-y-2">
      {own ? (
        <OwnVote vote={own} isBusy={isBusy} onWithdraw={onWithdraw} />
      ) : (
        <Consequences approval={approval} changeCount={changeCount} isPaused={isPaused} />
      )}
      <div className="flex gap-2 max-sm:w-full max-sm:*:flex-1">
        <Button
          variant="danger-quiet"
          className="h-9! pointer-coarse:h-11!"
          aria-label={`Reject ${what}`}
          aria-keyshortcuts="r"
          disabled={!isReady}
          onClick={press('reject')}
        >
          Reject… <Kbd>R</Kbd>
        </Button>
        {approval.requirement !== null && changeCount === 0 && (
          <Button
            className="h-9! pointer-coarse:h-11!"
            aria-label={`Request changes to ${what}`}
            disabled={!isReady}
            onClick={press('request_changes')}
          >
            Changes… <Kbd>C</Kbd>
          </Button>
        )}
        <Button
          variant="approve"
          className="h-9! min-w-0 pointer-coarse:h-11!"
          aria-label={`Approve ${what}${withChanges}`}
          aria-keyshortcuts="a"
          disabled={!isReady || isPaused}
          onClick={press('approve')}
        >
          Approve{withChanges}… <Kbd>A</Kbd>
        </Button>
      </div>
    </div>
  )
}

type Vote = SeenApproval['reviews'][number]

/** One's own vote that counts and waits for others. */
function useOwnVote({ reviews }: SeenApproval): Vote | undefined {
  const id = useOwnId()
  return reviews.findLast(({ counts, reviewer }) => counts && reviewer.id === id)
}

type OwnVoteProps = { vote: Vote; isBusy: boolean; onWithdraw: () => void }

function OwnVote({ vote, isBusy, onWithdraw }: OwnVoteProps) {
  return (
    <p className="flex min-w-0 flex-1 basis-72 flex-wrap items-center gap-x-3 gap-y-1 text-sm">
      <span>
        You {vote.decision === 'approve' ? 'approved' : 'rejected'} <Age at={vote.at} isLong />. It waits for
        others.
      </span>
      <Button size="sm" variant="ghost" isBusy={isBusy} onClick={onWithdraw}>
        Take it back
      </Button>
    </p>
  )
}
