/** Whether the page that is shown was gone back to, or forward, and not by a link. */
export const isComingBack = () => isBack

let isBack = wasLoadedSo()

function wasLoadedSo(): boolean {
  if (typeof window === 'undefined') return false
  window.navigation?.addEventListener('navigate', ({ navigationType: type }) => {
    // Next's router replaces what it goes back to by the same.
    if (type === 'traverse' || type === 'push') isBack = type === 'traverse'
  })
  // Of who reloaded and went back before this was here, the load tells the reload alone.
  const { activation, currentEntry } = window.navigation ?? {}
  if (activation?.entry && currentEntry && currentEntry.index < activation.entry.index) return true
  const [load] = performance.getEntriesByType('navigation')
  return load instanceof PerformanceNavigationTiming && load.type === 'back_forward'
}
