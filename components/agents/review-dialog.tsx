'use client'

import type { Agent } from '@/lib/agents/schemas'
import * as say from '@/words/agents/review-dialog'
import * as shared from '@/words/shared'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { TroubleNotice, type Trouble } from '../ui/trouble'
import { Changes } from './changes'
import { PolicyView } from './policy-view'

type ReviewDialogProps = {
  isOpen: boolean
  onClose: () => void
  title: string
  /** The text in force; null where there is none. */
  before: string | null
  after: string
  /** As the gate will understand it. */
  policy: Agent['policy']
  action: string
  isBusy: boolean
  trouble?: Trouble | null
  onConfirm: () => void
}

/** What a file changes and how it is understood, before it is in force. */
export function ReviewDialog(props: ReviewDialogProps) {
  const { isOpen, onClose, title, before, after, policy, action, isBusy, trouble = null, onConfirm } = props
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={title} description={say.judgedFromThenOn} size="lg">
      <div className="space-y-5">
        {before !== null && (
          <section aria-label={say.changes}>
            <h3 className="mb-1.5 text-sm font-semibold">{say.changesToTheOneInForce}</h3>
            <Changes before={before} after={after} />
          </section>
        )}
        <section aria-label={say.asUnderstood}>
          <h3 className="mb-1.5 text-sm font-semibold">{say.asTheGateUnderstands}</h3>
          <PolicyView policy={policy} />
        </section>
        <TroubleNotice trouble={trouble} />
        <div className="sticky -bottom-4 -mx-5 -mb-4 flex flex-wrap justify-end gap-2 rounded-b-lg border-t border-line bg-raised px-5 py-3">
          <Button onClick={onClose}>{shared.cancel}</Button>
          <Button variant="primary" isBusy={isBusy} onClick={onConfirm} className="max-w-full">
            <span className="truncate">{action}</span>
          </Button>
        </div>
      </div>
    </Dialog>
  )
}
