import type { Page } from '@playwright/test'
import { expect, test } from '@/lib/testing/e2e'

/** Compressed, as a browser that was never here loads them; Next and React alone are 133 kB. */
const mostKilobytes = 205

/** What the page's scripts weigh on their way, those that it loads of itself in its first two seconds. */
async function weigh(page: Page, path: string): Promise<number> {
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('Network.enable')
  await cdp.send('Network.setCacheDisabled', { cacheDisabled: true })
  const scripts = new Set<string>()
  let bytes = 0
  cdp.on('Network.responseReceived', ({ requestId, response }) => {
    if (new URL(response.url).pathname.endsWith('.js')) scripts.add(requestId)
  })
  cdp.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (scripts.has(requestId)) bytes += encodedDataLength
  })
  await page.goto(path)
  await expect(page.locator('main h1, main h2').first()).toBeVisible()
  await page.evaluate(() => new Promise((done) => setTimeout(done, 2000)))
  await cdp.detach()
  expect(scripts.size, 'scripts were seen').toBeGreaterThan(3)
  return bytes / 1000
}

test('no page of the console makes a browser load more than its share of scripts', async ({
  page,
  holdpoint,
}) => {
  const { run_id: run } = await holdpoint.ask()
  const places = [
    'approvals',
    'runs',
    `runs/${run}`,
    'agents',
    'agents/tester',
    'audit',
    'settings/members',
    'settings/keys',
    'settings/webhooks',
  ]
  const heavy: string[] = []
  for (const place of places) {
    const kilobytes = await weigh(page, `/${holdpoint.project}/${place}`)
    test.info().annotations.push({ type: place, description: `${kilobytes.toFixed(1)} kB` })
    if (kilobytes > mostKilobytes) heavy.push(`${place}: ${kilobytes.toFixed(1)} kB`)
  }
  expect(heavy).toEqual([])
})
