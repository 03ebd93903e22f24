'use client'

import { useState } from 'react'
import * as say from '@/words/frame/palette-button'
import { Icon } from '../ui/icon'
import { Kbd } from '../ui/kbd'
import { late } from '../ui/late'
import type { Person, ProjectLink } from './frame'
import { useGlobalKeys } from './use-global-keys'

/** Both come with the first press. */
const Palette = late(() => import('./palette').then((module) => module.Palette))
const KeySheet = late(() => import('../approvals/key-sheet').then((module) => module.KeySheet))

type PaletteButtonProps = {
  project: ProjectLink
  projects: ProjectLink[]
  mayCreate: boolean
  person: Person
}

/** Opens the palette of all that can be gone to and done, by a press or by its keys. */
export function PaletteButton(props: PaletteButtonProps) {
  const [open, setOpen] = useState<'palette' | 'keys' | null>(null)
  const [wanted, setWanted] = useState<ReadonlySet<'palette' | 'keys'>>(new Set())
  const show = (what: 'palette' | 'keys') => {
    setWanted((now) => new Set(now).add(what))
    setOpen((now) => (now === what ? null : what))
  }
  const close = () => setOpen(null)
  useGlobalKeys(props.project.slug, { openPalette: () => show('palette'), openKeys: () => show('keys') })
  return (
    <>
      <button
        type="button"
        aria-keyshortcuts="Control+K Meta+K"
        aria-haspopup="dialog"
        onClick={() => show('palette')}
        className="flex size-9 shrink-0 items-center justify-center gap-2 rounded-sm text-sm text-muted max-md:ml-auto hover:bg-sunken hover:text-ink md:h-8 md:w-full md:justify-start md:border md:border-line md:bg-surface md:px-2"
      >
        <Icon name="search" />
        <span className="flex-1 text-left max-md:sr-only">{say.findOrDo}</span>
        <Kbd>Ctrl K</Kbd>
      </button>
      {/* What could not be read says so here, and moves nothing; dialogs stand elsewhere. */}
      <div className="fixed bottom-20 left-4 z-60 max-w-sm rounded-md border border-line bg-raised px-3 py-2 text-sm shadow-over empty:hidden md:bottom-5">
        {wanted.has('palette') && (
          <Palette {...props} isOpen={open === 'palette'} onClose={close} onKeys={() => show('keys')} />
        )}
        {wanted.has('keys') && (
          <KeySheet
            isOpen={open === 'keys'}
            onClose={close}
            isDesk={open === 'keys' && document.querySelector('[data-desk]') !== null}
          />
        )}
      </div>
    </>
  )
}
