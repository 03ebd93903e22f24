'use client'

import { useState } from 'react'
import * as say from '@/words/archive/archive-control'
import * as shared from '@/words/shared'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { TextField } from '../ui/text-field'
import { errorOf, TroubleNotice } from '../ui/trouble'
import { useAction, type Action } from '../ui/use-action'

/** Archives a project; `confirm` is its slug. */
export type ArchiveAction = Action<{ confirm: string }, unknown>

/** Archives the project once its address is written out. */
export function ArchiveControl({ project, archive }: { project: string; archive: ArchiveAction }) {
  const [isOpen, setIsOpen] = useState(false)
  const [typed, setTyped] = useState('')
  const { isBusy, trouble, send, forget } = useAction(archive, {
    done: say.isArchived,
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
        {say.archiveTheProject}
      </Button>
      <Dialog isOpen={isOpen} onClose={close} title={say.archiveTheProjectNow}>
        <form onSubmit={submit} noValidate autoComplete="off" className="space-y-4 text-sm">
          <ul className="list-disc space-y-1 pl-5">
            <li>{say.whatWaitsIsWithdrawn}</li>
            <li>{say.nothingIsReleased}</li>
            <li>{say.releasedCallsRunOn}</li>
            <li>{say.membersStillRead}</li>
          </ul>
          <TextField
            label={say.writeToConfirm(project)}
            value={typed}
            spellCheck={false}
            autoCapitalize="none"
            onChange={(event) => setTyped(event.target.value)}
            error={errorOf(trouble, 'confirm')}
            className="font-mono"
          />
          <TroubleNotice trouble={trouble} />
          <div className="flex flex-wrap justify-end gap-2">
            <Button onClick={close}>{shared.cancel}</Button>
            <Button type="submit" variant="danger" isBusy={isBusy}>
              {say.archive(project)}
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
  const { isBusy, trouble, send } = useAction(unarchive, { done: say.isOpenAgain })
  return (
    <div className="space-y-2">
      <Button isBusy={isBusy} onClick={() => send(project, {})}>
        {say.openAgain}
      </Button>
      <TroubleNotice trouble={trouble} />
    </div>
  )
}
