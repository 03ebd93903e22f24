'use client'

import { useState } from 'react'
import { themeCookie, themes, type Theme } from './theme'

const words: Record<Theme, string> = { system: 'System', light: 'Light', dark: 'Dark' }
const yearSeconds = 31_536_000

function apply(theme: Theme): void {
  const { dataset } = document.documentElement
  if (theme === 'system') delete dataset.theme
  else dataset.theme = theme
  const secure = location.protocol === 'https:' ? '; Secure' : ''
  document.cookie = `${themeCookie}=${theme}; Path=/; Max-Age=${yearSeconds}; SameSite=Lax${secure}`
}

/** Light, dark, or as the system has it; takes effect at once and is kept in a cookie. */
export function ThemeChoice({ initial }: { initial: Theme }) {
  const [theme, setTheme] = useState(initial)
  return (
    <fieldset className="flex w-full rounded-sm bg-sunken p-0.5 text-xs">
      <legend className="sr-only">Theme</legend>
      {themes.map((choice) => (
        <label
          key={choice}
          className="flex-1 rounded-xs px-2 py-1 text-center text-muted hover:text-ink has-checked:bg-raised
            has-checked:font-medium has-checked:text-ink has-checked:shadow-raised has-focus-visible:outline-2
            has-focus-visible:outline-accent"
        >
          <input
            type="radio"
            name="theme"
            value={choice}
            checked={theme === choice}
            onChange={() => {
              setTheme(choice)
              apply(choice)
            }}
            className="sr-only"
          />
          {words[choice]}
        </label>
      ))}
    </fieldset>
  )
}
