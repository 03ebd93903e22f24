'use client'

import { useState } from 'react'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { TextField } from '../ui/field'
import { errorOf, TroubleNotice } from '../ui/trouble'
import { useAction, type Action } from '../ui/use-action'

/** Archives a project; `confirm` is its slug. */
export type ArchiveAction = Action<{ confirm: string }, unknown>

/** Archives the project once its address is written out. */
export function ArchiveControl({ project, archive }: { project: string; archive: ArchiveAction }) {
  const [isOpen, setIsOpen] = useState(false)
  const [typed, setTyped] = useState('')
  const { isBusy, trouble, send, forget } = useAction(archive, {
    done: 'The project is archived.',
    onDone: () => close(),
  })

  function close() {
    setIsOpen(false)
    setTyped('')
    forget()
  }
  function submit(event: React.FormEvent) {
    event.preventDefault()
    send(project, { confirm: typed.trim() })
  }

  return (
    <>
      <Button variant="danger-quiet" onClick={() => setIsOpen(true)}>
        Archive the project…
      </Button>
      <Dialog isOpen={isOpen} onClose={close} title="Archive the project?">
        <form onSubmit={submit} noValidate autoComplete="off" className="space-y-4 text-sm">
          <ul className="list-disc space-y-1 pl-5">
            <li>What waits is withdrawn, and runs that are open are ended: their agents are told to stop.</li>
            <li>
              Nothing is released any more, nothing can be asked for, deployed or decided, and no key made.
            </li>
            <li>Calls that were released before run on; nobody here can stop those.</li>
            <li>Members sign in and read as before, and the audit log stays whole.</li>
          </ul>
          <TextField
            label={`Write ${project} to confirm`}
            value={typed}
            spellCheck={false}
            autoCapitalize="none"
            onChange={(event) => setTyped(event.target.value)}
            error={errorOf(trouble, 'confirm')}
            className="font-mono"
          />
          <TroubleNotice trouble={trouble} />
          <div className="flex flex-wrap justify-end gap-2">
            <Button onClick={close}>Cancel</Button>
            <Button type="submit" variant="danger" isBusy={isBusy}>
              Archive {project}
            </Button>
          </div>
        </form>
      </Dialog>
    </>
  )
}

/** Opens an archived project again. */
export function UnarchiveButton({
  project,
  unarchive,
}: {
  project: string
  unarchive: Action<object, unknown>
}) {
  const { isBusy, trouble, send } = useAction(unarchive, { done: 'The project is open again.' })
  return (
    <div className="space-y-2">
      <Button isBusy={isBusy} onClick={() => send(project, {})}>
        Open the project again
      </Button>
      <TroubleNotice trouble={trouble} />
    </div>
  )
}
