'use client'

import type { ReactNode } from 'react'
import * as shared from '@/words/shared'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { TroubleNotice, type Trouble } from '../ui/trouble'

type ConfirmDialogProps = {
  isOpen: boolean
  onClose: () => void
  title: string
  /** What will happen. */
  children: ReactNode
  /** The button's words, which name what they act on. */
  action: string
  onConfirm: () => void
  isBusy: boolean
  trouble: Trouble | null
  tone?: 'danger' | 'primary'
}

/** Asks once more before something that cannot be taken back. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { isOpen, onClose, title, children, action, onConfirm, isBusy, trouble, tone = 'danger' } = props
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={title}>
      <div className="space-y-4 text-sm">
        {children}
        <TroubleNotice trouble={trouble} />
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>{shared.cancel}</Button>
          <Button variant={tone} isBusy={isBusy} onClick={onConfirm}>
            {action}
          </Button>
        </div>
      </div>
    </Dialog>
  )
}
