import type { Locator } from '@playwright/test'

/** Pastes a text over all that is in an editor. What `fill` does to it no person does, and the page's policy forbids. */
export async function pasteOver(editor: Locator, text: string): Promise<void> {
  await editor.press('ControlOrMeta+A')
  await editor.evaluate((element, pasted) => {
    const clipboardData = new DataTransfer()
    clipboardData.setData('text/plain', pasted)
    element.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
  }, text)
}
