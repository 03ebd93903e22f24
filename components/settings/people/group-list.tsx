'use client'

import { useState } from 'react'
import type { Group } from '@/lib/groups/schemas'
import type { Member } from '@/lib/members/schemas'
import * as say from '@/words/settings/people/group-list'
import { Badge } from '../../ui/badge'
import { Button } from '../../ui/button'
import { EmptyState } from '../../ui/empty-state'
import { SelectField } from '../../ui/select-field'
import { Icon } from '../../ui/icon'
import { ListFrame } from '../../ui/table'
import { TroubleNotice } from '../../ui/trouble'
import { useAction, type Action } from '../../ui/use-action'
import { DeleteGroup, RenameGroup, type ChangeGroup, type RemoveGroup } from './group-dialogs'

/** What admins do with groups. */
type GroupActions = {
  change: ChangeGroup
  remove: RemoveGroup
  add: Action<{ id: string; user_id: string }, unknown>
  take: Action<{ id: string; user_id: string }, unknown>
}

type GroupListProps = {
  project: string
  groups: Group[]
  members: Member[]
  /** Null for whoever may only look. */
  actions: GroupActions | null
}

/** The groups with who is in them. */
export function GroupList({ project, groups, members, actions }: GroupListProps) {
  if (groups.length === 0) {
    return (
      <EmptyState icon="user" title={say.noGroupsYet} command={'reviewers: { from: finance, approvals: 2 }'}>
        {say.whatGroupsAre}
      </EmptyState>
    )
  }
  return (
    <ListFrame>
      <ul aria-label={say.groups} className="divide-y divide-line">
        {groups.map((group) => (
          <GroupItem key={group.id} project={project} group={group} members={members} actions={actions} />
        ))}
      </ul>
    </ListFrame>
  )
}

type GroupItemProps = Omit<GroupListProps, 'groups'> & { group: Group }

function GroupItem({ project, group, members, actions }: GroupItemProps) {
  const isKeptHere = group.source === 'holdpoint'
  const canChange = isKeptHere ? actions : null
  return (
    <li aria-label={group.name} className="space-y-2 px-3 py-3 sm:px-4">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
        <h3 className="min-w-0 text-sm font-semibold wrap-anywhere">
          <bdi>{group.name}</bdi>
        </h3>
        {group.slug !== group.name && <code className="code text-xs text-muted">{group.slug}</code>}
        {!isKeptHere && <Badge tone="info">{say.keptByTheDirectory}</Badge>}
        {canChange && (
          <span className="ml-auto flex flex-wrap gap-2">
            <RenameGroup project={project} group={group} change={canChange.change} />
            <DeleteGroup project={project} group={group} remove={canChange.remove} />
          </span>
        )}
      </div>
      <GroupMembers project={project} group={group} members={members} actions={canChange} />
    </li>
  )
}

function GroupMembers({ project, group, members, actions }: GroupItemProps) {
  const inIt = new Set(group.members.map(({ id }) => id))
  const others = members.filter(({ id }) => !inIt.has(id))
  return (
    <div className="space-y-2">
      {group.members.length === 0 ? (
        <p className="text-sm text-warn">{say.nobodyIsInIt(group.slug)}</p>
      ) : (
        <ul aria-label={say.membersOf(group.name)} className="flex flex-wrap gap-1.5">
          {group.members.map((member) => (
            <li
              key={member.id}
              title={member.email}
              className="flex h-7 max-w-full items-center gap-1 rounded-full border border-line bg-raised pr-1 pl-2.5 text-sm pointer-coarse:h-10"
            >
              <bdi className="truncate">{member.name ?? member.email}</bdi>
              {actions ? (
                <Take project={project} group={group} member={member} take={actions.take} />
              ) : (
                <span className="w-1" />
              )}
            </li>
          ))}
        </ul>
      )}
      {actions && others.length > 0 && (
        <Add project={project} group={group} others={others} add={actions.add} />
      )}
    </div>
  )
}

type TakeProps = {
  project: string
  group: Group
  member: Group['members'][number]
  take: GroupActions['take']
}

function Take({ project, group, member, take }: TakeProps) {
  const who = member.name ?? member.email
  const { isBusy, send } = useAction(take, { done: say.isNoLongerIn(who, group.name) })
  return (
    <button
      type="button"
      aria-label={say.takeOutOf(who, group.name)}
      aria-disabled={isBusy || undefined}
      onClick={() => send(project, { id: group.id, user_id: member.id })}
      className="inline-flex size-5 items-center justify-center rounded-full text-muted hover:bg-sunken hover:text-ink pointer-coarse:size-9"
    >
      <Icon name="close" className="size-3!" />
    </button>
  )
}

type AddProps = { project: string; group: Group; others: Member[]; add: GroupActions['add'] }

function Add({ project, group, others, add }: AddProps) {
  const [id, choose] = useState('')
  const chosen = others.find((one) => one.id === id)
  const { isBusy, trouble, send } = useAction(add, {
    done: say.isInNow(chosen?.name ?? chosen?.email ?? say.they, group.name),
    onDone: () => choose(''),
  })
  return (
    <form
      className="flex max-w-full flex-wrap items-end gap-2"
      onSubmit={(event) => {
        event.preventDefault()
        if (chosen) send(project, { id: group.id, user_id: chosen.id })
      }}
    >
      <SelectField
        label={say.takeInto(group.name)}
        isLabelHidden
        value={chosen?.id ?? ''}
        onChange={(event) => choose(event.target.value)}
        frameClassName="w-64 max-w-full"
      >
        <option value="">{say.chooseAMember}</option>
        {others.map((member) => (
          <option key={member.id} value={member.id}>
            {member.name ?? member.email}
            {member.role === 'viewer' ? ` ${say.viewerDecidesNothing}` : ''}
            {member.joined_at === null ? ` ${say.notJoined}` : ''}
          </option>
        ))}
      </SelectField>
      <Button type="submit" isBusy={isBusy} aria-label={say.takeTheChosenInto(group.name)}>
        {say.add}
      </Button>
      <TroubleNotice trouble={trouble} />
    </form>
  )
}
