'use client'

import { useId } from 'react'
import * as say from '@/words/ui/display-choice'
import { displayChoices, type Display } from './display'
import { useDisplay } from './display-context'

/** What the choices are called. */
export const displayWords: { [K in keyof Display]: { legend: string } & Record<Display[K], string> } = {
  theme: { legend: say.theme, system: say.system, light: say.light, dark: say.dark },
  density: { legend: say.density, comfortable: say.comfortable, compact: say.compact },
  zone: { legend: say.times, local: say.myTimeZone, utc: 'UTC' },
  hours: { legend: say.clock, '24': say.hours24, '12': say.hours12 },
  after: { legend: say.afterADecision, next: say.next, stay: say.stay, list: say.list },
}

/** One choice of how pages look; takes effect at once. */
export function DisplayChoice({ of }: { of: keyof Display }) {
  const { display, choose } = useDisplay()
  const id = useId()
  const named: Record<string, string> = displayWords[of]
  return (
    <fieldset className="flex w-full rounded-sm bg-sunken p-0.5 text-xs">
      <legend className="sr-only">{named.legend}</legend>
      {displayChoices[of].map((choice) => (
        <label
          key={choice}
          className="flex-1 rounded-xs px-2 py-1 text-center text-muted hover:text-ink has-checked:bg-raised
            has-checked:font-medium has-checked:text-ink has-checked:shadow-raised has-focus-visible:outline-2
            has-focus-visible:outline-accent"
        >
          <input
            type="radio"
            name={id}
            value={choice}
            checked={display[of] === choice}
            onChange={() => choose({ [of]: choice })}
            className="sr-only"
          />
          {named[choice]}
        </label>
      ))}
    </fieldset>
  )
}
