'use client'

import type { Member } from '@/lib/members/schemas'
import * as say from '@/words/settings/people/away-list'
import { Button } from '../../ui/button'
import { ListFrame } from '../../ui/table'
import { Moment } from '../../ui/time'
import { TroubleNotice } from '../../ui/trouble'
import { useAction, type Action } from '../../ui/use-action'
import type { Own } from './away-form'

type AwayListProps = {
  project: string
  members: Member[]
  own: Own
  clear: Action<{ id: string }, unknown>
}

type Away = Member & { absence: NonNullable<Member['absence']> }

/** Who is away, or will be, and who sits in. */
export function AwayList({ project, members, own, clear }: AwayListProps) {
  const away = members.filter((one): one is Away => one.absence !== null)
  if (away.length === 0) return <p className="text-sm text-muted">{say.nobodyIsAway}</p>
  const nameOf = (id: string) => {
    const found = members.find((one) => one.id === id)
    return found?.name ?? found?.email ?? say.somebodyGone
  }
  return (
    <ListFrame>
      <ul aria-label={say.absences} className="divide-y divide-line">
        {away.map((member) => (
          <li
            key={member.id}
            className="flex flex-wrap items-center gap-x-3 gap-y-1.5 px-3 py-2 text-sm sm:px-4"
          >
            <p className="min-w-0 flex-1 basis-64">
              <bdi className="font-medium">{member.name ?? member.email}</bdi>
              {member.id === own.id && ` ${say.itIsYou}`}{' '}
              {say.fromUntil(<Moment at={member.absence.from} />, <Moment at={member.absence.until} />)}
              {member.absence.delegate_id === null ? (
                <span className="text-muted">{say.nobodySitsIn}</span>
              ) : (
                say.inTheirPlaceSits(<bdi className="font-medium">{nameOf(member.absence.delegate_id)}</bdi>)
              )}
              {member.absence.note && (
                <span className="text-muted">
                  {' '}
                  · <bdi className="wrap-anywhere">{member.absence.note}</bdi>
                </span>
              )}
            </p>
            {(own.isOwner || member.id === own.id) && (
              <Back project={project} member={member} clear={clear} isSelf={member.id === own.id} />
            )}
          </li>
        ))}
      </ul>
    </ListFrame>
  )
}

type BackProps = { project: string; member: Away; isSelf: boolean; clear: AwayListProps['clear'] }

function Back({ project, member, isSelf, clear }: BackProps) {
  const { isBusy, trouble, send } = useAction(clear, { done: say.theAbsenceIsOver })
  return (
    <>
      <Button size="sm" isBusy={isBusy} onClick={() => send(project, { id: member.id })}>
        {isSelf ? say.iAmBack : say.isBack(member.name ?? member.email)}
      </Button>
      <TroubleNotice trouble={trouble} />
    </>
  )
}
