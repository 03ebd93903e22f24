'use client'

import Link from 'next/link'
import { useState } from 'react'
import { pages } from '@/lib/paths'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { DisplayChoice } from '../ui/display-choice'
import { displayChoices, type Display } from '../ui/display'
import { Drawer, DrawerBody, DrawerHeader } from '../ui/drawer'
import { TextField } from '../ui/text-field'
import { LeaveGuard } from '../ui/leave-guard'
import { useToast } from '../ui/toast'

const sizes = ['md', 'lg', 'xl'] as const

/** What lies over a page, and how all pages look. */
export function Overlays() {
  const [open, setOpen] = useState<(typeof sizes)[number] | 'drawer' | null>(null)
  const [isDirty, setIsDirty] = useState(false)
  const toast = useToast()
  const close = () => setOpen(null)
  return (
    <div className="mb-6 flex flex-wrap items-center gap-2">
      {sizes.map((size) => (
        <Button key={size} onClick={() => setOpen(size)}>
          Dialog {size}
        </Button>
      ))}
      <Button onClick={() => setOpen('drawer')}>Drawer</Button>
      {(['ok', 'danger', 'neutral'] as const).map((tone) => (
        <Button key={tone} onClick={() => toast({ tone, text: `A message (${tone}).` })}>
          Message {tone}
        </Button>
      ))}
      <Button aria-pressed={isDirty} onClick={() => setIsDirty(!isDirty)}>
        {isDirty ? 'Leaving is asked about' : 'Ask before leaving'}
      </Button>
      <Link href={pages.start()} className="link">
        Leave
      </Link>
      <div className="grid w-full gap-2 sm:grid-cols-2 lg:grid-cols-4">
        {(Object.keys(displayChoices) as (keyof Display)[]).map((of) => (
          <DisplayChoice key={of} of={of} />
        ))}
      </div>
      <Dialog
        isOpen={open !== null && open !== 'drawer'}
        onClose={close}
        title="Revoke Production?"
        description="Agents that use it are refused from now on."
        size={open === null || open === 'drawer' ? 'md' : open}
      >
        <div className="space-y-4">
          <TextField label="Reason" isOptional />
          <div className="flex justify-end gap-2">
            <Button variant="ghost" onClick={close}>
              Cancel
            </Button>
            <Button variant="danger" onClick={close}>
              Revoke Production
            </Button>
          </div>
        </div>
      </Dialog>
      <Drawer isOpen={open === 'drawer'} onClose={close}>
        <DrawerHeader title="order-manager" actions={<Button size="sm">Copy link</Button>} />
        <DrawerBody>Its body scrolls by itself.</DrawerBody>
      </Drawer>
      <LeaveGuard isDirty={isDirty} onDiscard={() => setIsDirty(false)}>
        What you changed is kept in this browser.
      </LeaveGuard>
    </div>
  )
}
