'use client'

import type { Approval, SeenApproval } from '@/lib/approvals/schemas'
import * as say from '@/words/approvals/own-vote'
import { Button } from '../ui/button'
import { Age } from '../ui/time'
import type { Vote } from './first-step'
import { RefusalNotice } from './refusal-notice'
import { useDecision, type Decide } from './use-decision'
import { useDraft } from './use-draft'

type OwnVoteProps = {
  project: string
  approval: SeenApproval
  decide: Decide
  vote: Vote
  onResolved: (approval: Approval, isByMe: boolean) => void
}

/** One's own vote, which waits for others and may be taken back. */
export function OwnVote({ project, approval, decide, vote, onResolved }: OwnVoteProps) {
  const { id, digest } = approval
  const [, setReason] = useDraft(id)
  const [, setTyped] = useDraft(id, 'edit')
  const { isBusy, trouble, send } = useDecision(decide, {
    onDone: (resolved) => {
      setReason('')
      setTyped('')
      onResolved(resolved, true)
    },
    onLate: (resolved) => onResolved(resolved, false),
    isQuiet: true,
  })
  return (
    <div className="min-w-0 flex-1 basis-72 space-y-2">
      {trouble && <RefusalNotice refusal={trouble} approval={approval} />}
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
        <span>
          {(vote.decision === 'approve' ? say.youApproved : say.youRejected)(<Age at={vote.at} isLong />)}
        </span>
        <Button
          size="sm"
          variant="ghost"
          isBusy={isBusy}
          onClick={() => send(project, { id, digest, decision: 'withdraw' })}
        >
          {say.takeItBack}
        </Button>
      </p>
    </div>
  )
}
