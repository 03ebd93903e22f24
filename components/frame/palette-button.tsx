'use client'

import dynamic from 'next/dynamic'
import { useEffect, useState } from 'react'
import { Icon } from '../ui/icon'
import type { ProjectLink } from './frame'

/** Comes with the first press. */
const Palette = dynamic(() => import('./palette').then(({ Palette: made }) => made), { ssr: false })

type PaletteButtonProps = { project: ProjectLink; projects: ProjectLink[]; isAdmin: boolean }

/** Opens the palette of everything that can be gone to, by a press or by Ctrl K (⌘K). */
export function PaletteButton({ project, projects, isAdmin }: PaletteButtonProps) {
  const [isOpen, setIsOpen] = useState(false)
  const [isWanted, setIsWanted] = useState(false)

  function toggle() {
    setIsWanted(true)
    setIsOpen((before) => !before)
  }
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.metaKey || event.ctrlKey)) return
      if (event.altKey || event.shiftKey) return
      event.preventDefault()
      toggle()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [])

  return (
    <>
      <button
        type="button"
        aria-keyshortcuts="Control+K Meta+K"
        aria-haspopup="dialog"
        onClick={toggle}
        className="flex size-9 items-center justify-center gap-2 rounded-sm text-sm text-muted max-md:ml-auto hover:bg-sunken hover:text-ink md:h-8 md:w-full md:justify-start md:border md:border-line md:bg-surface md:px-2"
      >
        <Icon name="search" />
        <span className="flex-1 text-left max-md:sr-only">Go to</span>
        <kbd aria-hidden="true" className="hidden text-xs text-faint md:inline">
          Ctrl K
        </kbd>
      </button>
      {isWanted && (
        <Palette
          isOpen={isOpen}
          onClose={() => setIsOpen(false)}
          project={project}
          projects={projects}
          isAdmin={isAdmin}
        />
      )}
    </>
  )
}
