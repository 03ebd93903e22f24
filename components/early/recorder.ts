/** What was done before React listened: buttons pressed and forms sent (null), fields with what they then held. */
export type EarlyInput = Map<Element, string | boolean | null>

declare global {
  interface Window {
    /** `stop` ends the noting, once React listens everywhere. */
    early?: { input: EarlyInput; stop: () => void }
  }
}

/**
 * The script at the page's beginning, which notes what would be lost: on a slow or busy machine a page is seen for
 * seconds before React listens. The browser itself does links and forms with an address, and React those of server
 * actions; a form without either would reload the page. No key is noted, so that none decides anything, and nothing of
 * the documentation's copy buttons, which need no React.
 */
export const recorder = `{
  const input = new Map()
  const types = ['click', 'input', 'submit']
  const note = (event) => {
    const { type, target } = event
    const control = type === 'click' ? target.closest('button:not([data-copy])') : target
    if (!control) return
    if (type === 'input') input.set(control, /^(checkbox|radio)$/.test(control.type) ? control.checked : control.value)
    else if (type === 'click' ? control.type === 'button' || !control.form : !control.hasAttribute('action')) {
      if (type === 'submit') event.preventDefault()
      input.set(control, null)
    }
  }
  for (const type of types) addEventListener(type, note, true)
  const stop = () => { for (const type of types) removeEventListener(type, note, true) }
  window.early = { input, stop }
}`
