'use client'

import { useState } from 'react'
import type { Role } from '@/lib/context'
import type { Member } from '@/lib/members/schemas'
import { Badge } from '../ui/badge'
import { Button } from '../ui/button'
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
    <Table label="Members">
      <thead>
        <tr>
          <Th>Person</Th>
          <Th>Role</Th>
          <Th>Joined</Th>
          {actions && <Th>Last active</Th>}
          {actions && (
            <Th>
              <span className="sr-only">Actions</span>
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
            <Td name="Role">
              <span>
                {member.role} {member.id === ownId && <Badge>You</Badge>}
              </span>
            </Td>
            <Td name="Joined">
              {member.joined_at ? <Moment at={member.joined_at} /> : <Badge tone="warn">Invited</Badge>}
            </Td>
            {actions && (
              <Td name="Last active">
                <LastActive at={lastActive[member.id]} />
              </Td>
            )}
            {actions && (
              <Td className="text-right whitespace-nowrap">
                {member.id === lastOwner ? (
                  <span className="whitespace-normal text-muted">
                    The last owner: make somebody else owner before you leave.
                  </span>
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
  return at === undefined ? <span className="text-muted">never</span> : <Age at={at} isLong />
}

type RowProps = { project: string; member: Member }

function ChangeRole({ project, member, setRole }: RowProps & Pick<MemberActions, 'setRole'>) {
  const [isOpen, setIsOpen] = useState(false)
  const [role, choose] = useState<Role>(member.role)
  const who = member.name ?? member.email
  const { isBusy, trouble, send, forget } = useAction(setRole, {
    done: `${who} is ${role} now.`,
    onDone: () => setIsOpen(false),
  })

  function open() {
    choose(member.role)
    forget()
    setIsOpen(true)
  }

  return (
    <>
      <Button size="sm" aria-label={`Change role of ${who}`} onClick={open}>
        Change role
      </Button>
      <ConfirmDialog
        isOpen={isOpen}
        onClose={() => setIsOpen(false)}
        title={`Change the role of ${who}`}
        action={`Make ${who} ${role}`}
        onConfirm={() => send(project, { id: member.id, role })}
        isBusy={isBusy}
        trouble={trouble}
        tone="primary"
      >
        <p>It holds from their next request on, open pages included.</p>
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
  const who = isSelf ? 'yourself' : (member.name ?? member.email)
  const isInvited = member.joined_at === null
  const word = isInvited ? 'Withdraw invitation' : isSelf ? 'Leave' : 'Remove'
  const { isBusy, trouble, send, forget } = useAction(remove, {
    done: isInvited
      ? `The invitation of ${who} is withdrawn.`
      : isSelf
        ? 'You have left the project.'
        : `${who} is removed.`,
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
        aria-label={isInvited ? `Withdraw invitation of ${who}` : `Remove ${who}`}
        onClick={open}
      >
        {word}
      </Button>
      <ConfirmDialog
        isOpen={isOpen}
        onClose={() => setIsOpen(false)}
        title={isInvited ? `Withdraw the invitation of ${who}?` : `Remove ${who} from this project?`}
        action={isInvited ? `Withdraw invitation of ${who}` : `Remove ${who}`}
        onConfirm={() => send(project, { id: member.id })}
        isBusy={isBusy}
        trouble={trouble}
      >
        {isInvited ? (
          <p>The links of the invitation stop working.</p>
        ) : isSelf ? (
          <p>
            You see nothing of this project from then on, and your personal tokens for it are revoked. Only
            another owner can invite you again.
          </p>
        ) : (
          <p>
            From their next request on they see nothing of this project, and their personal tokens for it are
            revoked. What they decided stays decided and on record.
          </p>
        )}
      </ConfirmDialog>
    </>
  )
}
