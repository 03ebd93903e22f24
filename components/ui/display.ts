/** What a person chooses for all pages of this browser, each in a cookie of its own; the first is where there is none. */
export const displayChoices = {
  theme: ['system', 'light', 'dark'],
  density: ['comfortable', 'compact'],
  zone: ['local', 'utc'],
  hours: ['24', '12'],
  after: ['next', 'stay', 'list'],
} as const

type Choices = typeof displayChoices
export type Display = { [K in keyof Choices]: Choices[K][number] }

/** The choices as the cookies have them. */
export function readDisplay(cookie: (name: string) => string | undefined): Display {
  const read = <K extends keyof Choices>(name: K) => {
    const known: readonly string[] = displayChoices[name]
    const kept = cookie(name) ?? ''
    return (known.includes(kept) ? kept : displayChoices[name][0]) as Display[K]
  }
  return {
    theme: read('theme'),
    density: read('density'),
    zone: read('zone'),
    hours: read('hours'),
    after: read('after'),
  }
}

/**
 * Says now and at each change whether the document is shown dark: by the choice on it, or by the system.
 * @returns ends the watching
 */
export function watchDarkness(tell: (isDark: boolean) => void): () => void {
  const system = matchMedia('(prefers-color-scheme: dark)')
  const say = () =>
    tell((document.documentElement.dataset.theme ?? (system.matches ? 'dark' : 'light')) === 'dark')
  say()
  system.addEventListener('change', say)
  return () => system.removeEventListener('change', say)
}
