'use client'

import { useState } from 'react'
import type { Group } from '@/lib/groups/schemas'
import { Button } from '../../ui/button'
import { useAction, type Action } from '../../ui/use-action'
import { ConfirmDialog } from '../confirm-dialog'
import { GroupFields } from './group-fields'

export type ChangeGroup = Action<{ id: string; slug?: string; name?: string }, unknown>
export type RemoveGroup = Action<{ id: string }, unknown>

type RenameProps = { project: string; group: Group; change: ChangeGroup }

/** A button, and the dialog in which a group gets another name. */
export function RenameGroup({ project, group, change }: RenameProps) {
  const [isOpen, setOpen] = useState(false)
  const [name, setName] = useState(group.name)
  const [slug, setSlug] = useState(group.slug)
  const { isBusy, trouble, send, forget } = useAction(change, {
    done: `The group is called ${name} now.`,
    onDone: () => setOpen(false),
  })

  function open() {
    setName(group.name)
    setSlug(group.slug)
    forget()
    setOpen(true)
  }

  return (
    <>
      <Button size="sm" aria-label={`Rename ${group.name}`} onClick={open}>
        Rename
      </Button>
      <ConfirmDialog
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        title={`Rename ${group.name}`}
        action="Rename the group"
        onConfirm={() =>
          send(project, {
            id: group.id,
            ...(name !== group.name && { name }),
            ...(slug !== group.slug && { slug }),
          })
        }
        isBusy={isBusy}
        trouble={trouble}
        tone="primary"
      >
        <GroupFields
          name={name}
          onName={setName}
          slug={slug}
          onSlug={setSlug}
          hint="Cannot change while a policy in force, or a request that waits, calls it by this."
          trouble={trouble}
        />
      </ConfirmDialog>
    </>
  )
}

type DeleteProps = { project: string; group: Group; remove: RemoveGroup }

/** A button, and the dialog in which a group is deleted. */
export function DeleteGroup({ project, group, remove }: DeleteProps) {
  const [isOpen, setOpen] = useState(false)
  const { isBusy, trouble, send, forget } = useAction(remove, {
    done: `The group ${group.name} is deleted.`,
    onDone: () => setOpen(false),
  })

  function open() {
    forget()
    setOpen(true)
  }

  return (
    <>
      <Button size="sm" variant="danger-quiet" aria-label={`Delete ${group.name}`} onClick={open}>
        Delete
      </Button>
      <ConfirmDialog
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        title={`Delete the group ${group.name}?`}
        action={`Delete ${group.name}`}
        onConfirm={() => send(project, { id: group.id })}
        isBusy={isBusy}
        trouble={trouble}
      >
        <p>
          Who is in it stays a member of the project. A group that a policy in force or a request that waits
          names cannot be deleted.
        </p>
      </ConfirmDialog>
    </>
  )
}
