import * as say from '@/words/docs/api-viewer'

/** Controls that Swagger UI leaves without a name, and what each is called. */
const nameless: [where: string, name: (control: Element) => string][] = [
  ['.operation-filter-input', () => say.filterByTag],
  ['.close-modal', () => say.close],
  ['[data-param-name] :is(input, select, textarea)', paramOf],
  ['.examples-select select', () => say.examples],
  ['textarea.body-param__text', () => say.requestBody],
  ['.json-schema-2020-12-accordion:has(> .json-schema-2020-12-accordion__children:empty)', () => say.schema],
]

function paramOf(control: Element): string {
  return control.closest('[data-param-name]')?.getAttribute('data-param-name') ?? ''
}

/**
 * Gives them their names as they come, and has samples scroll by keyboard too.
 * @returns how to end it
 */
export function nameControls(viewer: HTMLElement): () => void {
  const nameAll = () => {
    for (const [where, name] of nameless)
      for (const control of viewer.querySelectorAll(`${where}:not([aria-label])`))
        control.setAttribute('aria-label', name(control))
    for (const sample of viewer.querySelectorAll<HTMLElement>('pre:not([tabindex])')) sample.tabIndex = 0
  }
  nameAll()
  const observer = new MutationObserver(nameAll)
  observer.observe(viewer, { childList: true, subtree: true })
  return () => observer.disconnect()
}
