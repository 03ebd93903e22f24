'use client'

import * as RadixDialog from '@radix-ui/react-dialog'
import type { ReactNode } from 'react'
import { DialogClose } from './dialog-box'
import { useFrameFocus } from './use-frame-focus'

type DrawerProps = {
  isOpen: boolean
  onClose: () => void
  /** A `DrawerHeader`, which names the drawer, then a `DrawerBody`. */
  children: ReactNode
}

/** A modal sheet at the right edge; the whole width on a phone. Closing rules are those of `Dialog`. */
export function Drawer({ isOpen, onClose, children }: DrawerProps) {
  const frameFocus = useFrameFocus()
  return (
    <RadixDialog.Root open={isOpen} onOpenChange={(open) => !open && onClose()}>
      <RadixDialog.Portal>
        <RadixDialog.Overlay className="animate-fade fixed inset-0 z-40 bg-scrim" />
        <RadixDialog.Content
          aria-describedby={undefined}
          {...frameFocus}
          onEscapeKeyDown={(event) => {
            // A form within closes itself first.
            if (event.target instanceof Element && event.target.closest('[data-own-escape]'))
              event.preventDefault()
          }}
          className="animate-slide fixed inset-y-0 right-0 z-50 flex w-full max-w-5xl flex-col border-l border-line
            bg-surface shadow-over focus:outline-none"
        >
          {children}
        </RadixDialog.Content>
      </RadixDialog.Portal>
    </RadixDialog.Root>
  )
}

/** Names the drawer; `actions` are links beside the name, such as "Open as page". */
export function DrawerHeader({ title, actions }: { title: ReactNode; actions?: ReactNode }) {
  return (
    <header className="flex min-h-12 items-center gap-3 border-b border-line px-4 py-2 sm:px-6">
      <RadixDialog.Title className="min-w-0 flex-1 truncate text-base font-semibold">
        {title}
      </RadixDialog.Title>
      {actions}
      <DialogClose />
    </header>
  )
}

export function DrawerBody({ children }: { children: ReactNode }) {
  return <div className="min-h-0 flex-1 overflow-y-auto overscroll-contain px-4 py-5 sm:px-6">{children}</div>
}
