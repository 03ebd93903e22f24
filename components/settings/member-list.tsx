'use client'

import { useState } from 'react'
import type { Role } from '@/lib/context'
import type { Member } from '@/lib/members/schemas'
import * as say from '@/words/settings/member-list'
import { Badge } from '../ui/badge'
import { Button } from '../ui/button'
import { roleWord } from '../ui/role-word'
import { Table, Td, Th } from '../ui/table'
import { Age, Moment } from '../ui/time'
import { useAction, type Action } from '../ui/use-action'
import { ConfirmDialog } from './confirm-dialog'
import { RoleField } from './invite-form'

/** What owners do with members. */
type MemberActions = {
  setRole: Action<{ id: string; role: Role }, unknown>
  remove: Action<{ id: string }, unknown>
}

type MemberListProps = {
  project: string
  members: Member[]
  /** Whether these are all of them. */
  isWhole: boolean
  /** Null for whoever may only look. */
  actions: MemberActions | null
  /** When each was last active, by id; for owners alone. */
  lastActive: Record<string, string>
  ownId: string
}

/** Everybody who belongs to the project or is invited; owners change roles and remove. */
export function MemberList(props: MemberListProps) {
  const { project, members, isWhole, actions, lastActive, ownId } = props
  const owners = members.filter(({ role, joined_at }) => role === 'owner' && joined_at !== null)
  const lastOwner = isWhole && owners.length === 1 ? owners[0]?.id : undefined
  return (
    <Table label={say.members}>
      <thead>
        <tr>
          <Th>{say.person}</Th>
          <Th>{say.role}</Th>
          <Th>{say.joined}</Th>
          {actions && <Th>{say.lastActive}</Th>}
          {actions && (
            <Th>
              <span className="sr-only">{say.actions}</span>
            </Th>
          )}
        </tr>
      </thead>
      <tbody>
        {members.map((member) => (
          <tr key={member.id}>
            <Td>
              <div className="font-medium wrap-anywhere">{member.name ?? member.email}</div>
              {member.name && <div className="text-muted wrap-anywhere">{member.email}</div>}
            </Td>
            <Td name={say.role}>
              <span>
                {roleWord(member.role)} {member.id === ownId && <Badge>{say.you}</Badge>}
              </span>
            </Td>
            <Td name={say.joined}>
              {member.joined_at ? (
                <Moment at={member.joined_at} />
              ) : (
                <Badge tone="warn">{say.invitedMark}</Badge>
              )}
            </Td>
            {actions && (
              <Td name={say.lastActive}>
                <LastActive at={lastActive[member.id]} />
              </Td>
            )}
            {actions && (
              <Td className="text-right whitespace-nowrap">
                {member.id === lastOwner ? (
                  <span className="whitespace-normal text-muted">{say.theLastOwner}</span>
                ) : (
                  <span className="flex flex-wrap gap-2 py-1 sm:justify-end sm:py-0">
                    <ChangeRole project={project} member={member} setRole={actions.setRole} />
                    <Remove
                      project={project}
                      member={member}
                      isSelf={member.id === ownId}
                      remove={actions.remove}
                    />
                  </span>
                )}
              </Td>
            )}
          </tr>
        ))}
      </tbody>
    </Table>
  )
}

function LastActive({ at }: { at: string | undefined }) {
  return at === undefined ? <span className="text-muted">{say.never}</span> : <Age at={at} isLong />
}

type RowProps = { project: string; member: Member }

function ChangeRole({ project, member, setRole }: RowProps & Pick<MemberActions, 'setRole'>) {
  const [isOpen, setIsOpen] = useState(false)
  const [role, choose] = useState<Role>(member.role)
  const who = member.name ?? member.email
  const { isBusy, trouble, send, forget } = useAction(setRole, {
    done: say.hasRoleNow(who, roleWord(role)),
    onDone: () => setIsOpen(false),
  })

  function open() {
    choose(member.role)
    forget()
    setIsOpen(true)
  }

  return (
    <>
      <Button size="sm" aria-label={say.changeRoleOf(who)} onClick={open}>
        {say.changeRole}
      </Button>
      <ConfirmDialog
        isOpen={isOpen}
        onClose={() => setIsOpen(false)}
        title={say.changeTheRoleOf(who)}
        action={say.makeThem(who, roleWord(role))}
        onConfirm={() => send(project, { id: member.id, role })}
        isBusy={isBusy}
        trouble={trouble}
        tone="primary"
      >
        <p>{say.holdsFromNextRequest}</p>
        <RoleField value={role} onChange={choose} />
      </ConfirmDialog>
    </>
  )
}

function Remove({
  project,
  member,
  isSelf,
  remove,
}: RowProps & Pick<MemberActions, 'remove'> & { isSelf: boolean }) {
  const [isOpen, setIsOpen] = useState(false)
  const who = isSelf ? say.yourself : (member.name ?? member.email)
  const isInvited = member.joined_at === null
  const word = isInvited ? say.withdrawInvitation : isSelf ? say.leave : say.remove
  const { isBusy, trouble, send, forget } = useAction(remove, {
    done: isInvited ? say.invitationIsWithdrawn(who) : isSelf ? say.youHaveLeft : say.isRemoved(who),
    onDone: () => setIsOpen(false),
  })

  function open() {
    forget()
    setIsOpen(true)
  }

  return (
    <>
      <Button
        size="sm"
        variant="danger-quiet"
        aria-label={isInvited ? say.withdrawInvitationOf(who) : say.removeNamed(who)}
        onClick={open}
      >
        {word}
      </Button>
      <ConfirmDialog
        isOpen={isOpen}
        onClose={() => setIsOpen(false)}
        title={isInvited ? say.withdrawTheInvitationNow(who) : say.removeNow(who)}
        action={isInvited ? say.withdrawInvitationOf(who) : say.removeNamed(who)}
        onConfirm={() => send(project, { id: member.id })}
        isBusy={isBusy}
        trouble={trouble}
      >
        {isInvited ? (
          <p>{say.linksStopWorking}</p>
        ) : isSelf ? (
          <p>{say.whatLeavingDoes}</p>
        ) : (
          <p>{say.whatRemovingDoes}</p>
        )}
      </ConfirmDialog>
    </>
  )
}
