import { useIsHydrated } from './clock'
import { Kbd } from './kbd'

/** The key beside Enter that confirms, as the reader's keyboard names it. */
export function ConfirmKbd() {
  const isMac = useIsHydrated() && /Mac|iPhone|iPad/.test(navigator.userAgent)
  return <Kbd>{isMac ? '⌘ ↵' : 'Ctrl ↵'}</Kbd>
}
