'use client'

import { useState } from 'react'
import * as say from '@/words/settings/people/new-group'
import * as shared from '@/words/shared'
import { Button } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { TroubleNotice } from '../../ui/trouble'
import { useAction, type Action } from '../../ui/use-action'
import { GroupFields } from './group-fields'

type NewGroupProps = { project: string; make: Action<{ slug: string; name?: string }, unknown> }

/** Makes a group; who is in it is said in the list. */
export function NewGroup({ project, make }: NewGroupProps) {
  const [isOpen, setOpen] = useState(false)
  const [name, setName] = useState('')
  const [slug, setSlug] = useState<string | null>(null)
  const named = slug ?? slugOf(name)
  const { isBusy, trouble, send, forget } = useAction(make, {
    done: say.groupIsMade(name || named),
    onDone: () => {
      setOpen(false)
      setName('')
      setSlug(null)
    },
  })

  function open() {
    forget()
    setOpen(true)
  }

  return (
    <>
      <Button size="sm" onClick={open}>
        {say.newGroup}
      </Button>
      <Dialog isOpen={isOpen} onClose={() => setOpen(false)} title={say.newGroup}>
        <form
          noValidate
          className="space-y-3"
          onSubmit={(event) => {
            event.preventDefault()
            send(project, { slug: named, ...(name.trim() && { name }) })
          }}
        >
          <GroupFields
            name={name}
            onName={setName}
            slug={named}
            onSlug={setSlug}
            hint={say.slugHint}
            trouble={trouble}
          />
          <TroubleNotice trouble={trouble} />
          <div className="flex justify-end gap-2">
            <Button onClick={() => setOpen(false)}>{shared.cancel}</Button>
            <Button type="submit" variant="primary" isBusy={isBusy}>
              {say.makeGroup}
            </Button>
          </div>
        </form>
      </Dialog>
    </>
  )
}

/** A slug out of a name: `Finance & Tax` is `finance-tax`. */
function slugOf(name: string): string {
  return name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 64)
}
