import type { Page } from '@playwright/test'
import { expect, problemsOf, test } from '@/lib/testing/e2e'
import { waitsUntilListening } from '@/lib/testing/listening'

/** As they come over the wire to a browser that was never here; Next and React alone are 100 kB. */
const mostKilobytes = { approvals: 150, other: 141 }

/** Opens a page. @returns what its scripts weigh, those that it loads of itself in its first two seconds */
async function weigh(page: Page, path: string): Promise<() => Promise<number>> {
  const scripts = new Map<string, number>()
  const onResponse = (response: Awaited<ReturnType<Page['waitForResponse']>>) => {
    const headers = response.headers()
    if (!new URL(response.url()).pathname.endsWith('.js')) return
    const bytes = Number(headers['content-length'])
    expect(headers['content-encoding'], response.url()).toBe('br')
    expect(bytes, response.url()).toBeGreaterThan(0)
    scripts.set(response.url(), bytes)
  }
  page.on('response', onResponse)
  await page.goto(path)
  await expect(page.locator('main h1, main h2').first()).toBeVisible()
  const waited = page.evaluate(() => new Promise((done) => setTimeout(done, 2000)))
  return async () => {
    await waited
    page.off('response', onResponse)
    expect(scripts.size, 'scripts were seen').toBeGreaterThan(3)
    return [...scripts.values()].reduce((sum, bytes) => sum + bytes, 0) / 1000
  }
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
  const problems: string[][] = []
  const open = async (place: string) => {
    const tab = await page.context().newPage()
    problems.push(problemsOf(tab))
    waitsUntilListening(tab)
    return { place, tab, weight: await weigh(tab, `/${holdpoint.project}/${place}`) }
  }
  // three tabs, which wait at the same time; of many more the browser would have too few connections
  while (places.length > 0) {
    const opened: Awaited<ReturnType<typeof open>>[] = []
    for (const place of places.splice(0, 3)) opened.push(await open(place))
    for (const { place, tab, weight } of opened) {
      const kilobytes = await weight()
      test.info().annotations.push({ type: place, description: `${kilobytes.toFixed(1)} kB` })
      const most = mostKilobytes[place === 'approvals' ? 'approvals' : 'other']
      if (kilobytes > most) heavy.push(`${place}: ${kilobytes.toFixed(1)} kB`)
      await tab.close()
    }
  }
  expect(heavy).toEqual([])
  expect(problems.flat(), 'errors on the console').toEqual([])
})

test('letters are of our own faces, which weigh at most 80 kB and move nothing when they come', async ({
  page,
  holdpoint,
}) => {
  await holdpoint.ask()
  let bytes = 0
  page.on('response', async (response) => {
    if (response.url().endsWith('.woff2')) bytes += (await response.body()).length
  })
  await page.addInitScript(() => {
    const scope = window as unknown as { shift: number }
    scope.shift = 0
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries())
        scope.shift += (entry as PerformanceEntry & { value: number }).value
    }).observe({ type: 'layout-shift', buffered: true })
  })
  await page.goto(`/${holdpoint.project}/approvals`)
  await expect(page.locator('main h1').first()).toBeVisible()
  const loaded = await page.evaluate(async () => {
    await document.fonts.ready
    return [...document.fonts].filter(({ status }) => status === 'loaded').map(({ family }) => family)
  })
  expect(loaded).toEqual(expect.arrayContaining(['sans', 'mono']))
  await expect.poll(() => bytes).toBeGreaterThan(20_000)
  expect(bytes).toBeLessThan(80_000)
  expect(await page.evaluate(() => (window as unknown as { shift: number }).shift)).toBeLessThan(0.01)
})
