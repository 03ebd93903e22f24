'use client'

import { useState } from 'react'
import type { Group } from '@/lib/groups/schemas'
import * as say from '@/words/settings/people/group-dialogs'
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
    done: say.isCalledNow(name),
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
      <Button size="sm" aria-label={say.renameNamed(group.name)} onClick={open}>
        {say.rename}
      </Button>
      <ConfirmDialog
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        title={say.renameNamed(group.name)}
        action={say.renameTheGroup}
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
          hint={say.slugCannotChange}
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
    done: say.groupIsDeleted(group.name),
    onDone: () => setOpen(false),
  })

  function open() {
    forget()
    setOpen(true)
  }

  return (
    <>
      <Button size="sm" variant="danger-quiet" aria-label={say.deleteNamed(group.name)} onClick={open}>
        {say.deleteIt}
      </Button>
      <ConfirmDialog
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        title={say.deleteTheGroupNow(group.name)}
        action={say.deleteNamed(group.name)}
        onConfirm={() => send(project, { id: group.id })}
        isBusy={isBusy}
        trouble={trouble}
      >
        <p>{say.whatDeletingDoes}</p>
      </ConfirmDialog>
    </>
  )
}
