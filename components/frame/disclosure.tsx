'use client'

import { useEffect, useRef, useState, type ReactNode } from 'react'

type DisclosureProps = {
  label: string
  summary: ReactNode
  summaryClass: string
  panelClass: string
  children: ReactNode
}

/** A button that opens a panel of links and fields; Escape and a press elsewhere close it. */
export function Disclosure({ label, summary, summaryClass, panelClass, children }: DisclosureProps) {
  const [isOpen, setIsOpen] = useState(false)
  const frame = useRef<HTMLDivElement>(null)
  const button = useRef<HTMLButtonElement>(null)

  useEffect(() => {
    if (!isOpen) return
    const onPress = (event: PointerEvent) => {
      if (event.target instanceof Node && !frame.current?.contains(event.target)) setIsOpen(false)
    }
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return
      setIsOpen(false)
      button.current?.focus()
    }
    document.addEventListener('pointerdown', onPress)
    document.addEventListener('keydown', onKey)
    return () => {
      document.removeEventListener('pointerdown', onPress)
      document.removeEventListener('keydown', onKey)
    }
  }, [isOpen])

  return (
    <div ref={frame} className="relative min-w-0">
      <button
        ref={button}
        type="button"
        aria-label={label}
        aria-expanded={isOpen}
        onClick={() => setIsOpen(!isOpen)}
        className={summaryClass}
      >
        {summary}
      </button>
      {isOpen && (
        <div
          className={`absolute z-40 rounded-md border border-line bg-raised p-1.5 shadow-over ${panelClass}`}
        >
          {children}
        </div>
      )}
    </div>
  )
}
