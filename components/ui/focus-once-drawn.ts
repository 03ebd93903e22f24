/** What is drawn later than this is not waited for. */
const waitMs = 10_000

let wanted = new AbortController()

/**
 * Gives the focus to what `find` finds, once that is drawn and the focus is nowhere; nothing scrolls for it. Whoever
 * presses something meanwhile ends that, and so does who asks for it anew.
 */
export function focusOnceDrawn(find: () => HTMLElement | null | undefined): void {
  wanted.abort()
  wanted = new AbortController()
  const { signal } = wanted
  const end = wanted.abort.bind(wanted)
  for (const press of ['keydown', 'pointerdown'])
    addEventListener(press, end, { signal, once: true, capture: true })
  setTimeout(end, waitMs)
  requestAnimationFrame(function look() {
    if (signal.aborted) return
    const found = document.activeElement === document.body ? find() : null
    if (!found?.checkVisibility()) return void requestAnimationFrame(look)
    end()
    found.focus({ preventScroll: true })
  })
}
