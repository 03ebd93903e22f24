const listeners = new Set<() => void>()
const yearSeconds = 31_536_000

/** The cookie that says who hid the first steps of a project; sent with the project's pages only. */
export const hiddenCookie = (project: string) => `first-steps-${project}`

/** Who hid the project's first steps in this browser. */
export function whoHidFirstSteps(project: string): string | undefined {
  const start = `${hiddenCookie(project)}=`
  return document.cookie
    .split('; ')
    .find((one) => one.startsWith(start))
    ?.slice(start.length)
}

/** Hides the project's first steps from this person for good. */
export function hideFirstSteps(project: string, person: string): void {
  const secure = location.protocol === 'https:' ? '; Secure' : ''
  const how = `Path=/${project}; Max-Age=${yearSeconds}; SameSite=Lax${secure}`
  document.cookie = `${hiddenCookie(project)}=${person}; ${how}`
  listeners.forEach((tell) => tell())
}

/** Calls back when they were hidden here. */
export function watchHidden(listener: () => void): () => void {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}
