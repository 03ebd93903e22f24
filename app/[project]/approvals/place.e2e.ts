import type { Locator, Page } from '@playwright/test'
import { copyApproval } from '@/lib/testing/copy-approval'
import { expect, test, type Holdpoint } from '@/lib/testing/e2e'

async function askMany(holdpoint: Holdpoint, count: number): Promise<void> {
  const { id } = await holdpoint.ask({ params: { order_id: 'P-0' } })
  await copyApproval(holdpoint.database.db, id, count - 1)
}

async function askInTurn(holdpoint: Holdpoint, count: number): Promise<string[]> {
  const ids: string[] = []
  for (let at = 0; at < count; at++) ids.push((await holdpoint.ask({ params: { order_id: `P-${at}` } })).id)
  return ids
}

/** The row at the top of a list's frame, by its place, and how far above the frame it begins. */
async function topOf(scroller: Locator): Promise<[place: string | null, above: number]> {
  return scroller.evaluate((frame) => {
    const { top } = frame.getBoundingClientRect()
    const rows = [...frame.querySelectorAll('li')]
    const row = rows.find((one) => one.getBoundingClientRect().bottom > top + 1)
    const above = row ? Math.round(top - row.getBoundingClientRect().top) : 0
    return [row?.getAttribute('aria-posinset') ?? null, above]
  })
}

/** Scrolls on until so many rows are there, and then to one of them. */
async function scrollTo(scroller: Locator, place: number): Promise<void> {
  await expect(async () => {
    const height = await scroller.evaluate((frame) => {
      frame.scrollTop = frame.scrollHeight
      return frame.scrollHeight / (frame.querySelector('li')?.offsetHeight ?? 1)
    })
    expect(height).toBeGreaterThan(place + 40)
  }).toPass({ intervals: [50] })
  await scroller.evaluate((frame, at) => {
    frame.scrollTop = (at - 1) * (frame.querySelector('li')?.offsetHeight ?? 0) + 17
  }, place)
}

/** Long enough that a page has kept where it stands. */
const settle = (page: Page) => page.evaluate(() => new Promise((done) => setTimeout(done, 400)))

test('a queue of 1,000 stands where it was after reloading and on coming back, with the focus', async ({
  page,
  holdpoint,
}) => {
  test.setTimeout(240_000)
  await askMany(holdpoint, 1000)
  const scroller = page.getByRole('region', { name: 'Pending approvals' }).locator('[data-scroller]')
  for (const { width, at } of [
    { width: 1440, at: 700 },
    { width: 390, at: 931 },
  ]) {
    await test.step(`${width} px`, async () => {
      await page.setViewportSize({ width, height: 844 })
      await page.goto(`/${holdpoint.project}/approvals`)
      await scrollTo(scroller, at)
      const stands = [String(at), 17]
      const isThere = async () => expect.poll(() => topOf(scroller)).toEqual(stands)
      await isThere()
      await settle(page)
      await page.reload()
      await isThere()

      const row = scroller.locator(`[aria-posinset="${at + 3}"]`).getByRole('link')
      const address = await row.getAttribute('href')
      await row.click()
      await expect(page).toHaveURL(new RegExp(`${address}$`))
      const request = page.getByRole('region', { name: 'Request' })
      const place = request
        .getByText(`${at + 3} of 1,000`)
        .filter({ visible: true })
        .first()
      await expect(place).toBeVisible()
      await page.reload()
      await expect(place).toBeVisible()
      await page.goBack()
      await isThere()
      await expect(row).toBeFocused()
      await page.goForward()
      await expect(place).toBeVisible()

      // another page, and from there back over both
      const run = request.getByRole('link', { name: 'Open the run' })
      await run.click()
      await page.getByRole('link', { name: 'Open as page' }).click()
      await expect(page.getByRole('heading', { name: 'Run of tester', level: 1 })).toBeVisible()
      await page.goBack()
      await expect(page).toHaveURL(new RegExp(`${address}$`))
      await expect(place).toBeVisible()
      await expect(run).toBeFocused()
      await page.goBack()
      await expect(page).toHaveURL(/\/approvals$/)
      await isThere()
      await expect(row).toBeFocused()
      await page.getByRole('link', { name: 'Agents' }).filter({ visible: true }).click()
      await expect(page.getByRole('heading', { name: 'Agents', level: 1 })).toBeVisible()
      await page.goBack()
      await isThere()

      // other filters are another list
      await page.getByRole('combobox', { name: 'Sort' }).selectOption('Newest')
      await expect.poll(() => topOf(scroller)).toEqual(['1', 0])
    })
  }
})

test('whoever goes back before the page listens finds the link that they left by', async ({
  page,
  holdpoint,
}) => {
  const { id } = await holdpoint.ask()
  await page.goto(`/${holdpoint.project}/approvals/${id}`)
  const run = page.getByRole('region', { name: 'Request' }).getByRole('link', { name: 'Open the run' })
  await run.click()
  const asPage = page.getByRole('link', { name: 'Open as page' })
  await asPage.waitFor()
  let letGo = () => undefined as void
  const held = new Promise<void>((done) => (letGo = done))
  await page.route(/\/_next\/static\/.*\.js/, async (route) => {
    await held
    await route.continue()
  })
  await asPage.click()
  await expect(page.getByRole('heading', { name: 'Run of tester', level: 1 })).toBeVisible()
  await page.evaluate(() => history.back())
  await expect(page).toHaveURL(new RegExp(`/approvals/${id}$`))
  letGo()
  await expect(run).toBeFocused()
})

test('beside its list stands the request that was left, after going back, reloading and coming back', async ({
  page,
  holdpoint,
}) => {
  const asked = await askInTurn(holdpoint, 5)
  const list = `/${holdpoint.project}/approvals`
  await page.setViewportSize({ width: 1440, height: 844 })
  await page.goto(list)
  const rows = page.getByRole('region', { name: 'Pending approvals' })
  const row = (at: number) => rows.locator(`[href$="${asked[at]}"]`)
  const request = page.getByRole('region', { name: 'Request' })
  const isOpen = async (at: number) => {
    await expect(request.getByText(`P-${at}`, { exact: true }).first()).toBeVisible()
    await expect(rows.locator('[aria-current]')).toHaveCount(1)
    await expect(row(at)).toHaveAttribute('aria-current', 'true')
  }
  await isOpen(0)

  await row(2).click()
  await isOpen(2)
  await expect(request.getByRole('heading', { level: 2 })).toBeFocused()
  await page.goBack()
  await expect(page).toHaveURL(new RegExp(`${list}$`))
  await isOpen(2)
  await expect(row(2)).toBeFocused()
  await page.reload()
  await isOpen(2)

  // another one by the keyboard, left from where it was reloaded
  await page.keyboard.press('j')
  await isOpen(3)
  await page.reload()
  await page.goBack()
  await isOpen(3)
  await expect(row(3)).toBeFocused()

  // whole pages apart
  await page.goto('/docs')
  await page.goBack()
  await isOpen(3)
  await expect(row(3)).toBeFocused()

  // what was decided meanwhile has left the list
  await page.goto('/docs')
  await holdpoint.call(
    'POST',
    `/api/approvals/${asked[3]}/decisions`,
    { decision: 'approve' },
    holdpoint.reviewerToken,
  )
  await page.goBack()
  await isOpen(0)
})

test('in the middle of a long queue the rows stay in sight as those above are decided elsewhere', async ({
  page,
  holdpoint,
}) => {
  const ids = await askInTurn(holdpoint, 90)
  await page.goto(`/${holdpoint.project}/approvals`)
  const scroller = page.getByRole('region', { name: 'Pending approvals' }).locator('[data-scroller]')
  await scrollTo(scroller, 45)
  await expect.poll(() => topOf(scroller)).toEqual(['45', 17])
  const row = scroller.locator(`[href$="${ids[49]}"]`)
  const before = await row.boundingBox()
  for (const id of ids.slice(5, 8))
    await holdpoint.call(
      'POST',
      `/api/approvals/${id}/decisions`,
      { decision: 'approve' },
      holdpoint.reviewerToken,
    )
  await expect.poll(() => topOf(scroller)).toEqual(['42', 17])
  expect(await row.boundingBox()).toEqual(before)
})

test('on a phone a request moves nothing in its list, and what was opened last is focused', async ({
  page,
  holdpoint,
}) => {
  await askMany(holdpoint, 75)
  await page.setViewportSize({ width: 390, height: 844 })
  await page.goto(`/${holdpoint.project}/approvals`)
  const scroller = page.getByRole('region', { name: 'Pending approvals' }).locator('[data-scroller]')
  await scroller.evaluate((frame) => frame.scrollTo(0, 30 * 52 + 17))
  const link = (place: number) => scroller.locator(`[aria-posinset="${place}"]`).getByRole('link')
  await link(34).click()
  await expect(page.getByRole('region', { name: 'Request' })).toBeVisible()
  await page.goBack()
  await expect(link(34)).toBeFocused()
  expect(await topOf(scroller)).toEqual(['31', 17])

  // by its own way back, and from another request than the one that was opened
  await link(34).click()
  await page.getByRole('button', { name: 'Next request' }).click()
  await expect(page.getByText('35 of 75').filter({ visible: true }).first()).toBeVisible()
  await page.getByRole('button', { name: 'Approvals', exact: true }).click()
  await expect(link(35)).toBeFocused()
  expect(await topOf(scroller)).toEqual(['31', 17])
})

test('gone back from at once, a request is closed', async ({ page, holdpoint }) => {
  await askMany(holdpoint, 3)
  await page.setViewportSize({ width: 390, height: 844 })
  await page.goto(`/${holdpoint.project}/approvals`)
  const [queue, request] = ['Pending approvals', 'Request'].map((name) => page.getByRole('region', { name }))
  const link = queue!.locator('[data-row-link]').first()
  await link.click()
  await expect(request!).toBeVisible()
  await page.goBack()
  await expect(link).toBeFocused()
  await link.evaluate((row: HTMLElement) => {
    row.click()
    history.back()
  })
  await expect(page).toHaveURL(/\/approvals$/)
  await settle(page)
  await expect(request!).toBeHidden()
  await expect(link).toBeInViewport()
})

test('long lists of other pages stand where they were after reloading and on coming back', async ({
  page,
  holdpoint,
}) => {
  await askMany(holdpoint, 125)
  await page.goto(`/${holdpoint.project}/runs`)
  const rows = page.getByRole('list', { name: 'Runs' }).getByRole('listitem')
  for (const count of [100, 125]) {
    await page.getByRole('button', { name: 'Load more' }).click()
    await expect(rows).toHaveCount(count)
  }
  const row = rows.nth(110)
  const topOfRow = () => row.evaluate((one) => Math.round(one.getBoundingClientRect().top))
  await row.evaluate((one) => window.scrollTo(0, one.getBoundingClientRect().top + window.scrollY - 200))
  await settle(page)
  await page.reload()
  await expect.poll(topOfRow).toBe(200)
  await row.getByRole('link').click()
  await page.getByRole('link', { name: 'Open as page' }).click()
  await expect(page.getByRole('heading', { name: 'Run of tester', level: 1 })).toBeVisible()
  await page.goBack()
  await expect(row.getByRole('link')).toBeFocused()
  expect(await topOfRow()).toBe(200)
})
