import type { CDPSession, Locator, Page } from '@playwright/test'
import { expect, test } from '@/lib/testing/e2e'

test.use({ hasTouch: true, isMobile: true, viewport: { width: 390, height: 844 } })

const tool = 'order_tools.process_refund'

/** Where a finger that came down on a row's words goes from there; it stays down. */
async function drag(session: CDPSession, row: Locator, ...ways: { x: number; y: number }[]) {
  // where the page still moves, a finger would come down on something else
  await row.tap({ trial: true })
  const box = (await row.boundingBox())!
  const from = { x: box.x + box.width / 2, y: box.y + box.height / 2 }
  const touch = (type: string, points: { x: number; y: number }[]) =>
    session.send('Input.dispatchTouchEvent', { type: type as 'touchStart', touchPoints: points })
  await touch('touchStart', [from])
  let at = from
  for (const way of ways) {
    for (let step = 0; step < 6; step++) {
      at = { x: at.x + way.x / 6, y: at.y + way.y / 6 }
      await touch('touchMove', [at])
    }
  }
  return { release: () => touch('touchEnd', []), cancel: () => touch('touchCancel', []) }
}

const shiftOf = (row: Locator) => row.evaluate((line) => new DOMMatrix(getComputedStyle(line).transform).m41)

async function openList(page: Page, url: string) {
  await page.goto(url)
  const session = await page.context().newCDPSession(page)
  const row = page.getByRole('list', { name: 'Pending' }).getByRole('listitem')
  return { session, row }
}

test('a finger that draws a row aside opens the second step, to the right and to the left, and decides nothing', async ({
  page,
  holdpoint,
  checkAccessibility,
}) => {
  const { id } = await holdpoint.ask()
  const list = `${holdpoint.url}/${holdpoint.project}/approvals`
  const { session, row } = await openList(page, list)
  await expect(row).toHaveCount(1)

  // it follows the finger, and short of the mark it goes back
  await expect(async () => {
    const near = await drag(session, row, { x: 80, y: 4 })
    const shift = await shiftOf(row)
    const says = await row.innerText()
    await near.release()
    expect(shift).toBeCloseTo(80, 0)
    expect(says).toContain('Approve…')
  }).toPass()
  await expect.poll(() => shiftOf(row)).toBe(0)
  await expect(row.getByText('Approve…')).toHaveCount(0)
  await expect(page).toHaveURL(list)
  // there and back again
  const back = await drag(session, row, { x: 150, y: 0 }, { x: -120, y: 0 })
  await back.release()
  await expect(page).toHaveURL(list)

  const right = await drag(session, row, { x: 150, y: 5 })
  await expect(row.getByText('Let go to approve…')).toBeVisible()
  await page.screenshot({ path: 'test-results/swipe-right.png' })
  await checkAccessibility(page)
  await right.release()
  await expect(page).toHaveURL(`${list}/${id}`)
  const request = page.getByRole('region', { name: 'Request' })
  const approve = request.getByRole('form', { name: `Approve ${tool}` })
  await expect(approve).toBeVisible()
  await expect(approve.getByRole('button', { name: /Confirm approve/ })).not.toBeFocused()
  expect(
    (await approve.getByRole('button', { name: /Confirm approve/ }).boundingBox())!.height,
  ).toBeGreaterThan(43)
  await checkAccessibility(page)
  await page.goBack()
  await expect(row).toHaveCount(1)

  const left = await drag(session, row, { x: -150, y: -5 })
  await expect(row.getByText('Let go to reject…')).toBeVisible()
  await left.release()
  await expect(request.getByRole('form', { name: `Reject ${tool}` })).toBeVisible()
  const { body } = await holdpoint.call('GET', `/api/approvals/${id}`)
  expect(body.status).toBe('pending')
  await request.getByLabel('Reason').fill('By a finger, in two steps.')
  await request.getByRole('button', { name: /Confirm reject/ }).click()
  await expect(request.getByText(/^Rejected by/).first()).toBeVisible()
})

test('up and down scrolls, a box is only ticked, and whoever may only read draws nothing', async ({
  page,
  holdpoint,
}) => {
  for (let at = 0; at < 20; at++) await holdpoint.ask({ params: { order_id: `S-${at}` } })
  const list = `${holdpoint.url}/${holdpoint.project}/approvals`
  const { session, row } = await openList(page, list)
  await expect(row).toHaveCount(20)
  const frame = page.locator('section[aria-label="Pending approvals"] [data-scroller]')
  const target = row.nth(5)
  const up = await drag(session, target, { x: -6, y: -160 }, { x: -200, y: 0 })
  await expect.poll(() => frame.evaluate((one) => one.scrollTop)).toBeGreaterThan(60)
  expect(await shiftOf(target)).toBe(0)
  await up.release()
  await expect(page).toHaveURL(list)
  expect(await frame.evaluate((one) => one.scrollWidth - one.clientWidth)).toBe(0)

  const viewer = await holdpoint.test.member('viewer')
  await holdpoint.signIn(page, viewer.actor.id)
  await page.reload()
  await expect(row).toHaveCount(20)
  const drawn = await drag(session, row.nth(1), { x: 160, y: 0 })
  expect(await shiftOf(row.nth(1))).toBe(0)
  await drawn.release()
  await expect(page).toHaveURL(list)
})
