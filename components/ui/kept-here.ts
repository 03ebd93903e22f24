type Entries = Record<string, Record<string, unknown>>

const name = 'holdpoint.here'
/** Of so many entries of the history is anything kept; of more the oldest is forgotten. */
const mostEntries = 50

function read(): Entries {
  try {
    return JSON.parse(sessionStorage.getItem(name) ?? '{}') as Entries
  } catch {
    return {}
  }
}

/** The entry of the browser's history that is shown; undefined where a browser does not tell. */
function entry(): string | undefined {
  return typeof window === 'undefined' ? undefined : window.navigation?.currentEntry?.key
}

/** What was kept with this entry of the browser's history: there after reloading, and for whoever comes back to it. */
export function keptHere<T>(what: string): T | undefined {
  return read()[entry() ?? '']?.[what] as T | undefined
}

/** Next's router overwrites the history's own state, so it is kept beside it, in this tab. */
export function keepHere(what: string, value: unknown): void {
  const key = entry()
  if (key === undefined) return
  const { [key]: here, ...others } = read()
  const latest = [...Object.entries(others).slice(1 - mostEntries), [key, { ...here, [what]: value }]]
  try {
    sessionStorage.setItem(name, JSON.stringify(Object.fromEntries(latest)))
  } catch {
    // Full or switched off: the page begins at its top.
  }
}
