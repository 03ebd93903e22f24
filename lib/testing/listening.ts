import type { Page } from '@playwright/test'

/**
 * Has `goto` and `reload` of this page wait until React listens, as a person would look at a page before pressing keys:
 * a key that comes before is nobody's. With a `waitUntil` of the test's own they do what Playwright does.
 */
export function waitsUntilListening(page: Page): void {
  const { goto, reload } = page
  page.goto = async (url, options) => {
    const response = await goto.call(page, url, options)
    if (options?.waitUntil === undefined) await untilListening(page)
    return response
  }
  page.reload = async (options) => {
    const response = await reload.call(page, options)
    if (options?.waitUntil === undefined) await untilListening(page)
    return response
  }
}

/**
 * Until React has taken over every control of the page, which is to be seen by a property that it gives them, and has
 * run its effects. A page without our scripts listens at once; of one that never does, the test says what is missing.
 */
async function untilListening(page: Page): Promise<void> {
  await page
    .waitForFunction(
      () => {
        if (!document.querySelector('script[src*="/_next/static/"]')) return true
        const controls = document.querySelectorAll(
          'button:not([data-copy]), input:not([type=hidden]), select, textarea',
        )
        return [document.body, ...controls].every((control) =>
          Object.keys(control).some((key) => key.startsWith('__reactProps$')),
        )
      },
      undefined,
      { timeout: 20_000 },
    )
    .then(() => page.evaluate(() => new Promise((done) => requestIdleCallback(done, { timeout: 1000 }))))
    .catch(() => undefined)
}
