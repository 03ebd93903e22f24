'use client'

import * as RadixDialog from '@radix-ui/react-dialog'
import * as shared from '@/words/shared'
import type { DialogProps, DialogSize } from './dialog'
import { Icon } from './icon'
import { useFrameFocus } from './use-frame-focus'

const widths: Record<DialogSize, string> = { md: 'max-w-lg', lg: 'max-w-3xl', xl: 'max-w-6xl' }

/**
 * What `Dialog` draws, read when the first one opens. Focus goes to its frame, never to a button that acts, and returns to what opened it.
 * Escape and a press beside it close it; neither may decide anything.
 */
export function DialogBox({ isOpen, onClose, title, description, children, size = 'md' }: DialogProps) {
  const frameFocus = useFrameFocus()
  const hasDescription = description ? {} : { 'aria-describedby': undefined }
  return (
    <RadixDialog.Root open={isOpen} onOpenChange={(open) => !open && onClose()}>
      <RadixDialog.Portal>
        <RadixDialog.Overlay className="animate-fade fixed inset-0 z-40 bg-scrim" />
        <RadixDialog.Content
          {...hasDescription}
          {...frameFocus}
          className={`animate-fade fixed inset-x-3 top-[8dvh] z-50 mx-auto flex max-h-[84dvh] flex-col rounded-lg border
            border-line bg-raised shadow-over focus:outline-none ${widths[size]}`}
        >
          <header className="flex items-start gap-3 border-b border-line px-5 py-3.5">
            <div className="min-w-0 flex-1">
              <RadixDialog.Title className="text-lg font-semibold">{title}</RadixDialog.Title>
              {description && (
                <RadixDialog.Description className="text-sm text-muted">
                  {description}
                </RadixDialog.Description>
              )}
            </div>
            <DialogClose />
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto px-5 py-4">{children}</div>
        </RadixDialog.Content>
      </RadixDialog.Portal>
    </RadixDialog.Root>
  )
}

/** The cross in a dialog's or drawer's corner. */
export function DialogClose() {
  return (
    <RadixDialog.Close
      aria-label={shared.close}
      className="-mr-1.5 inline-flex size-7 shrink-0 items-center justify-center rounded-sm text-muted hover:bg-sunken hover:text-ink"
    >
      <Icon name="close" />
    </RadixDialog.Close>
  )
}
