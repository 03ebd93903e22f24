'use client'

import { createContext, use, useMemo, useState, type ReactNode } from 'react'
import { displayChoices, readDisplay, type Display } from './display'

type DisplayState = { display: Display; choose: (change: Partial<Display>) => void }

const DisplayContext = createContext<DisplayState>({
  display: readDisplay(() => undefined),
  choose: () => undefined,
})

const yearSeconds = 31_536_000

/** Gives all pages the person's choices; a change takes effect at once and is kept. */
export function DisplayProvider({ initial, children }: { initial: Display; children: ReactNode }) {
  const [display, setDisplay] = useState(initial)
  const state = useMemo(() => {
    function choose(change: Partial<Display>) {
      const next = { ...display, ...change }
      setDisplay(next)
      mark(next)
      const secure = location.protocol === 'https:' ? '; Secure' : ''
      for (const [name, value] of Object.entries(change))
        document.cookie = `${name}=${value}; Path=/; Max-Age=${yearSeconds}; SameSite=Lax${secure}`
    }
    return { display, choose }
  }, [display])
  return <DisplayContext value={state}>{children}</DisplayContext>
}

export function useDisplay(): DisplayState {
  return use(DisplayContext)
}

/** Styles follow the document's own marks. */
function mark({ theme, density }: Display): void {
  const { dataset } = document.documentElement
  if (theme === displayChoices.theme[0]) delete dataset.theme
  else dataset.theme = theme
  if (density === displayChoices.density[0]) delete dataset.density
  else dataset.density = density
}
