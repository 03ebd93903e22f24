'use client'

import { useState } from 'react'
import type { Approval, SeenApproval } from '@/lib/approvals/schemas'
import { plainText } from '@/lib/untrusted/channels'
import * as say from '@/words/approvals/talk/talk'
import { Button } from '../../ui/button'
import { late } from '../../ui/late'
import { TroubleNotice } from '../../ui/trouble'
import { useAction } from '../../ui/use-action'
import { useOwnId } from '../../frame/own-id'
import { DetailSection } from '../detail-section'
import { SnoozeButton } from '../snooze/snooze-button'
import { useTalk, type TalkActions } from './talk-context'

/** Read when somebody said something or is about to, and when they are opened. */
const Comments = late(() => import('./comments').then((module) => module.Comments))
const ExtendForm = late(() => import('./extend-form').then((module) => module.ExtendForm))
const Timeline = late(() => import('./timeline').then((module) => module.Timeline))

type TalkProps = {
  project: string
  approval: SeenApproval
  onChanged: (approval: Approval) => void
}

type Open = 'comment' | 'extend' | null

/** What people say and do about a request beside deciding on it: one quiet line, and what was said above it. */
export function Talk({ project, approval, onChanged }: TalkProps) {
  const talk = useTalk()
  const [open, setOpen] = useState<Open>(null)
  const [isTimeline, setTimeline] = useState(false)
  const { comments, assignee, status } = approval
  if (talk === null) return null
  const isPending = status === 'pending'
  const { coordinate } = talk
  const mayExtend = coordinate !== null && (coordinate.isAdmin || approval.can_decide?.allowed !== false)
  const press = (what: Open) => ({ 'aria-expanded': open === what, onClick: () => setOpen(what) })
  return (
    <DetailSection title={say.betweenPeople}>
      <div className="space-y-2.5">
        {isPending && assignee !== null && (
          <p data-assignee="" className="text-sm">
            {say.takesCareOfIt(<bdi className="font-medium">{nameOf(assignee)}</bdi>)}
          </p>
        )}
        {(comments > 0 || open === 'comment') && (
          <Comments
            project={project}
            approval={approval}
            send={talk.comment}
            isWriting={open === 'comment'}
            onClose={() => setOpen(null)}
          />
        )}
        {open === 'extend' && isPending && coordinate && (
          <ExtendForm
            project={project}
            id={approval.id}
            extend={coordinate.extend}
            onChanged={onChanged}
            onClose={() => setOpen(null)}
          />
        )}
        {isTimeline && <Timeline project={project} approval={approval} />}
        <div className="-ml-2.5 flex flex-wrap gap-x-1 gap-y-1">
          {open !== 'comment' && (
            <Button size="sm" variant="ghost" {...press('comment')}>
              {say.comment}
            </Button>
          )}
          {isPending && coordinate && (
            <Take project={project} approval={approval} assign={coordinate.assign} onChanged={onChanged} />
          )}
          {isPending && coordinate && (
            <SnoozeButton project={project} approval={approval} actions={talk.snooze} />
          )}
          {isPending && mayExtend && open !== 'extend' && (
            <Button size="sm" variant="ghost" {...press('extend')}>
              {say.moreTime}
            </Button>
          )}
          <Button
            size="sm"
            variant="ghost"
            aria-expanded={isTimeline}
            onClick={() => setTimeline(!isTimeline)}
          >
            {isTimeline ? say.hideWhatHappened : say.whatHappened}
          </Button>
        </div>
      </div>
    </DetailSection>
  )
}

type TakeProps = TalkProps & { assign: NonNullable<TalkActions['coordinate']>['assign'] }

/** Takes a request, or gives it back; it changes nothing of who may decide. */
function Take({ project, approval, assign, onChanged }: TakeProps) {
  const isMine = approval.assignee?.id === useOwnId()
  const own = useOwnId()
  const { isBusy, trouble, send } = useAction(assign, { refreshes: false, onDone: onChanged })
  return (
    <>
      <Button
        size="sm"
        variant="ghost"
        aria-keyshortcuts="i"
        isBusy={isBusy}
        onClick={() => send(project, { id: approval.id, user_id: isMine ? null : own })}
      >
        {isMine ? say.handItBack : say.iWillTakeIt}
      </Button>
      <TroubleNotice trouble={trouble} />
    </>
  )
}

type Someone = NonNullable<SeenApproval['assignee']>

function nameOf({ name, email, id }: Someone): string {
  return plainText(name ?? email ?? id, { singleLine: true, maxCharacters: 80 })
}
