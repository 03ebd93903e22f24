import type { SyntheticEvent } from 'react'
import type { EarlyInput } from './recorder'

const nextTryMs = 50

/**
 * Does what was noted before React listened: once, in order, and only to what is still there. React listens in one part
 * of the page while the scripts of another are on their way; what it does not take yet is tried again until it does.
 *
 * @returns how to end that
 */
export function replayEarly(): () => void {
  if (window.early === undefined) return () => undefined
  const { input, stop } = window.early
  function round() {
    const [next] = input
    const isTaken = next !== undefined && redo(input, ...next)
    // once all has come, React takes a part over as soon as something is done there
    if (input.size === 0 && document.readyState === 'complete') stop()
    else timer = setTimeout(round, isTaken ? 0 : nextTryMs)
  }
  // outside effects, where React takes nothing over; one at a time, so that the page has changed before the next
  let timer = setTimeout(round)
  return () => clearTimeout(timer)
}

/** Stands where every event passes that React takes: what it tells of is not to be done again. */
export function forgetTaken({ type, target }: SyntheticEvent): void {
  const control = type === 'click' && target instanceof Element ? target.closest('button') : target
  if (control instanceof Element) window.early?.input.delete(control)
}

/** Whether nothing of it is left to do. */
function redo(input: EarlyInput, control: Element, held: string | boolean | null): boolean {
  if (!control.isConnected || control.matches(':disabled')) return input.delete(control)
  if (control instanceof HTMLFormElement) control.requestSubmit()
  else if (control instanceof HTMLButtonElement) control.click()
  // asks only whether React takes it: the field has not changed since React looked
  else control.dispatchEvent(new Event('input', { bubbles: true }))
  if (input.has(control)) return false
  if (held !== null) change(control, held)
  return true
}

/** Changes a field from what the server wrote to what it then held, so that React sees a change. */
function change(field: Element, held: string | boolean): void {
  if (field instanceof HTMLSelectElement) {
    field.value = String(held)
    field.dispatchEvent(new Event('change', { bubbles: true }))
  } else if (field instanceof HTMLInputElement && typeof held === 'boolean') {
    if (field.defaultChecked === held) return
    field.checked = !held
    field.click()
  } else if (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) {
    field.value = field.defaultValue
    // React compares with what was set through the element, and does not hear of what its prototype sets
    Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), 'value')?.set?.call(field, held)
    field.dispatchEvent(new Event('input', { bubbles: true }))
    if (document.activeElement !== field) field.dispatchEvent(new FocusEvent('focusout', { bubbles: true }))
  }
}
