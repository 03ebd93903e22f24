export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

/** The cookie that keeps the choice; `system` is the same as no cookie. */
export const themeCookie = 'theme'

export function readTheme(value: string | undefined): Theme {
  return value === 'light' || value === 'dark' ? value : 'system'
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
