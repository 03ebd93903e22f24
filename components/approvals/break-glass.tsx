'use client'

import { createContext, useContext, useState, type ReactNode } from 'react'
import type { OverrideFromPage } from '@/lib/approvals/from-page'
import type { Approval, SeenApproval } from '@/lib/approvals/schemas'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { TextAreaField, TextField } from '../ui/field'
import { errorOf, TroubleNotice } from '../ui/trouble'
import { useAction, type Action } from '../ui/use-action'

/** Approves one request against what its policy demands. */
export type Override = Action<OverrideFromPage, Approval>

const OverrideContext = createContext<Override | null>(null)

/** @param override null where the project has it switched off, or for who may not */
export function OverrideProvider({ override, children }: { override: Override | null; children: ReactNode }) {
  return <OverrideContext value={override}>{children}</OverrideContext>
}

type BreakGlassProps = {
  project: string
  approval: SeenApproval
  /** Not before all of its params are there. */
  isReady: boolean
  onResolved: (approval: Approval) => void
}

/** The last way to an approval: a dialog that wants the tool's name and a reason, where the project has it at all. */
export function BreakGlass(props: BreakGlassProps) {
  const override = useContext(OverrideContext)
  return override && <Glass {...props} override={override} />
}

function Glass({
  project,
  approval,
  isReady,
  onResolved,
  override,
}: BreakGlassProps & { override: Override }) {
  const { id, digest, tool, agent } = approval
  const [isOpen, setIsOpen] = useState(false)
  const [reason, setReason] = useState('')
  const [typed, setTyped] = useState('')
  const [isUntyped, setIsUntyped] = useState(false)
  const { isBusy, trouble, send, forget } = useAction(override, {
    refreshes: false,
    onDone: (approved) => {
      close()
      onResolved(approved)
    },
  })

  function close() {
    setIsOpen(false)
    setReason('')
    setTyped('')
    setIsUntyped(false)
    forget()
  }
  function submit(event: React.FormEvent) {
    event.preventDefault()
    setIsUntyped(typed.trim() !== tool)
    if (typed.trim() === tool) send(project, { id, digest, override: { reason } })
  }

  return (
    <>
      <Button
        variant="ghost"
        size="sm"
        className="text-danger!"
        disabled={!isReady}
        onClick={() => setIsOpen(true)}
      >
        Break glass…
      </Button>
      <Dialog
        isOpen={isOpen}
        onClose={close}
        title={
          <>
            Approve <code className="code">{tool}</code> against its policy?
          </>
        }
      >
        <form onSubmit={submit} noValidate className="space-y-4 text-sm">
          <ul className="list-disc space-y-1 pl-5">
            <li>{agent} may then run it once, with exactly the params shown, within 15 minutes.</li>
            <li>Whoever else the policy wants to decide is not waited for.</li>
            <li>
              Everybody who may decide is told at once, owners by mail. The approval is marked for good, and
              your reason stands in the audit log.
            </li>
          </ul>
          <TextField
            label={`Type ${tool}`}
            autoComplete="off"
            spellCheck={false}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            error={isUntyped ? `Type ${tool}, letter by letter.` : undefined}
          />
          <TextAreaField
            label="Why this cannot wait"
            hint="At least 20 characters."
            rows={2}
            maxLength={4096}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
            error={errorOf(trouble, 'override/reason')}
          />
          <TroubleNotice trouble={trouble} />
          <div className="flex flex-wrap justify-end gap-2">
            <Button onClick={close}>Cancel</Button>
            <Button type="submit" variant="danger" isBusy={isBusy}>
              Approve by break-glass
            </Button>
          </div>
        </form>
      </Dialog>
    </>
  )
}
