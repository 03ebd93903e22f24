'use client'

import type { Approval, SeenApproval } from '@/lib/approvals/schemas'
import * as say from '@/words/approvals/first-step'
import { useOwnId } from '../frame/own-id'
import { useIsPaused } from '../pause/paused-agents'
import { Button } from '../ui/button'
import { Kbd } from '../ui/kbd'
import { late } from '../ui/late'
import { objectWords } from './call-words'
import type { Decide, DecisionKind } from './use-decision'

/** Read where one's own vote waits for others. */
const OwnVote = late(() => import('./own-vote').then((module) => module.OwnVote))

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
          {say.cannotBeApproved(approval.agent, (text) => (
            <b className="font-semibold text-danger">{text}</b>
          ))}
        </p>
      ) : (
        <p>
          {say.ifApproved(
            approval.agent,
            { needsAll: approval.requirement !== null, isChanged: changeCount > 0 },
            strong,
          )}
        </p>
      )}
      <p>{say.ifRejected[approval.on_rejection](strong)}</p>
    </div>
  )
}

const strong = (text: string) => <b className="font-semibold text-ink">{text}</b>

type FirstStepProps = {
  project: string
  approval: SeenApproval
  decide: Decide
  isReady: boolean
  /** So many values would be others than were asked for; 0 where none was edited. */
  changeCount: number
  onStep: (step: DecisionKind) => void
  /** The second step that is on its way. */
  coming: DecisionKind | null
  onResolved: (approval: Approval, isByMe: boolean) => void
}

/** Opens the second step and decides nothing. */
export function FirstStep(props: FirstStepProps) {
  const { project, approval, decide, isReady, changeCount, coming, onStep, onResolved } = props
  const own = useOwnVote(approval)
  const isPaused = useIsPaused()(approval.agent)
  const what = objectWords(approval)
  const press = (kind: DecisionKind) => () => onStep(kind)
  return (
    <div className="flex flex-wrap items-center justify-end gap-x-6 gap-y-2">
      {own ? (
        <OwnVote project={project} approval={approval} decide={decide} vote={own} onResolved={onResolved} />
      ) : (
        <Consequences approval={approval} changeCount={changeCount} isPaused={isPaused} />
      )}
      <div className="flex gap-2 max-sm:w-full max-sm:*:flex-1">
        <Button
          variant="danger-quiet"
          className="h-9! pointer-coarse:h-11!"
          aria-label={say.rejectWhat(what)}
          aria-keyshortcuts="r"
          disabled={!isReady}
          isBusy={coming === 'reject'}
          onClick={press('reject')}
        >
          {say.rejectButton} <Kbd>R</Kbd>
        </Button>
        {approval.requirement !== null && changeCount === 0 && (
          <Button
            className="h-9! pointer-coarse:h-11!"
            aria-label={say.requestChangesTo(what)}
            disabled={!isReady}
            isBusy={coming === 'request_changes'}
            onClick={press('request_changes')}
          >
            {say.changesButton} <Kbd>C</Kbd>
          </Button>
        )}
        <Button
          variant="approve"
          className="h-9! min-w-0 pointer-coarse:h-11!"
          aria-label={say.approveWhat(what, changeCount)}
          aria-keyshortcuts="a"
          disabled={!isReady || isPaused}
          isBusy={coming === 'approve'}
          onClick={press('approve')}
        >
          {say.approveButton(changeCount)} <Kbd>A</Kbd>
        </Button>
      </div>
    </div>
  )
}

export type Vote = SeenApproval['reviews'][number]

/** One's own vote that counts and waits for others. */
function useOwnVote({ reviews }: SeenApproval): Vote | undefined {
  const id = useOwnId()
  return reviews.findLast(({ counts, reviewer }) => counts && reviewer.id === id)
}
