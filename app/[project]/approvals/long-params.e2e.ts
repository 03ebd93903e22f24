import type { Page } from '@playwright/test'
import { expect, test, type Holdpoint } from '@/lib/testing/e2e'

const tool = 'order_tools.import'
const long = (from: string) => ({ from, rows: 'r'.repeat(150_000), to: `the end of ${from}` })

/** What the page itself reads of one approval, not of the list. */
const one = '**/api/approvals/apr_*?**'
/** What it reads of those that it decides together. */
const some = /\/api\/approvals\?.*\bids=/

async function openQueue(page: Page, holdpoint: Holdpoint) {
  await page.goto(`${holdpoint.url}/${holdpoint.project}/approvals`)
  return page.getByRole('region', { name: 'Pending approvals' })
}

async function refuse(page: Page, what: string | RegExp): Promise<void> {
  const problem = { status: 503, code: 'unavailable', title: 'Unavailable', detail: 'Out of reach.' }
  await page.route(what, (route) =>
    route.fulfill({ status: 503, contentType: 'application/problem+json', body: JSON.stringify(problem) }),
  )
}

test('a list shows how long params begin and is not made of them', async ({ page, holdpoint }) => {
  for (let at = 0; at < 10; at++) await holdpoint.ask({ tool, params: long(`file-${at}`) })
  const answer = await page.request.get(`${holdpoint.url}/${holdpoint.project}/approvals`)
  expect((await answer.body()).length).toBeLessThan(400_000)
  const queue = await openQueue(page, holdpoint)
  const row = queue.getByRole('listitem').filter({ hasText: 'file-3' })
  await expect(row).toContainText('147 kB in all')
})

test('nothing is decided before all of its params are there', async ({
  page,
  holdpoint,
  checkAccessibility,
}) => {
  const { id } = await holdpoint.ask({ tool, params: long('a.csv') })
  await refuse(page, one)
  await openQueue(page, holdpoint)
  const request = page.getByRole('region', { name: 'Request' })
  await expect(request.getByText('The params could not be read')).toBeVisible()
  await expect(request.getByRole('button', { name: `Approve ${tool}` })).toBeDisabled()
  await page.keyboard.press('a')
  await request.getByRole('button', { name: `Approve ${tool}` }).click({ force: true })
  await expect(request.getByRole('form')).toBeHidden()
  await checkAccessibility(page)
  const again = request.getByRole('button', { name: 'Try again' })
  await again.focus()
  await page.unrouteAll({ behavior: 'wait' })
  // it also tries again by itself, which may be sooner
  await again.click({ timeout: 2000 }).catch(() => undefined)
  await expect(request.getByText('the end of a.csv')).toBeVisible()
  await expect(page.locator('#main')).toBeFocused()
  await request.getByRole('button', { name: `Approve ${tool}` }).click()
  await request.getByRole('button', { name: `Confirm approve ${tool}` }).click()
  await expect(request).toContainText('Approved by')
  expect((await holdpoint.call('GET', `/api/approvals/${id}`)).body.status).toBe('approved')
})

test('several are decided only with all params of all of them', async ({ page, holdpoint }) => {
  await holdpoint.ask({ tool, params: long('b.csv') })
  await holdpoint.ask({ tool, params: { from: 'c.csv' } })
  const queue = await openQueue(page, holdpoint)
  for (const name of ['b.csv', 'c.csv'])
    await queue.getByRole('listitem').filter({ hasText: name }).getByRole('checkbox').check()
  await refuse(page, some)
  await queue.getByRole('button', { name: 'Approve 2 selected' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByText('The params could not be read').first()).toBeVisible()
  await expect(dialog.getByRole('button', { name: /^Confirm approve/ })).toBeDisabled()
  await page.unrouteAll({ behavior: 'wait' })
  await dialog.getByRole('button', { name: 'Try again' }).first().click()
  await expect(dialog.getByText('the end of b.csv')).toBeVisible()
  await dialog.getByRole('button', { name: 'Confirm approve 2 requests' }).click()
  await expect(page.getByText('2 of 2 requests approved.')).toBeVisible()
})

test('of what is too much for one table the rest stays selected, and is decided after it', async ({
  page,
  holdpoint,
}) => {
  for (let at = 0; at < 104; at += 8)
    await Promise.all(Array.from({ length: 8 }, (_, n) => holdpoint.ask({ tool, params: { n: at + n } })))
  const queue = await openQueue(page, holdpoint)
  await queue.getByLabel('Select all that are loaded').check()
  await queue.getByRole('button', { name: 'Select all 104 that match' }).click()
  await expect(queue.getByText('104 selected')).toBeVisible()
  await page.route(some, async (route) => {
    const answer = await route.fetch()
    const read = (await answer.json()) as { items: { params: object }[] }
    const [first] = read.items
    if (first) first.params = { ...first.params, note: 'n'.repeat(8_000_000) }
    await route.fulfill({ response: answer, json: read })
  })
  await queue.getByRole('button', { name: 'Approve 104 selected' }).click()
  const dialog = page.getByRole('dialog', { name: 'Approve 100 requests?' })
  await expect(dialog).toContainText('Only the first 100 of 104 are here')
  await dialog.getByRole('button', { name: /^Confirm approve/ }).click()
  await expect(page.getByText('100 of 100 requests approved.')).toBeVisible()
  await expect(dialog).toBeHidden()
  // one that is still read would be let go under the hands that answer it
  await page.unrouteAll({ behavior: 'wait' })
  await queue.getByRole('button', { name: 'Approve 4 selected' }).click()
  await page.getByRole('button', { name: 'Confirm approve 4 requests' }).click()
  await expect(page.getByText('4 of 4 requests approved.')).toBeVisible()
})

test('a run of many megabytes comes without them, and each step whole when it is opened', async ({
  page,
  holdpoint,
}) => {
  const { run_id: run } = await holdpoint.ask({ tool, params: { from: 'first' } })
  const output = 'o'.repeat(200_000)
  for (let at = 1; at <= 25; at++)
    await holdpoint.call('POST', `/api/runs/${run}/steps`, { kind: 'note', name: `step ${at}`, output })
  await holdpoint.ask({ tool, params: { from: 'last' }, run_id: run })
  const answer = await page.goto(`${holdpoint.url}/${holdpoint.project}/runs/${run}`)
  expect((await answer!.body()).length).toBeLessThan(200_000)
  const steps = page.getByRole('list', { name: 'Steps' }).getByRole('listitem')
  await expect(steps).toHaveCount(27)
  await expect(page.getByRole('button', { name: `Approve ${tool}` })).toHaveCount(1)
  await steps.nth(25).getByRole('button').first().click()
  await expect(steps.nth(25)).toContainText('Show all 200,000 characters')
  await steps.nth(26).getByRole('button').first().click()
  await expect(page.getByRole('button', { name: `Approve ${tool}` })).toHaveCount(2)
})
