import type { Page } from '@playwright/test'
import { expect, test, type Holdpoint } from '@/lib/testing/e2e'

const scripts = /\/_next\/static\/chunks\//

/** Has what the page reads from now on wait; what it has stays. */
async function holdScripts(page: Page): Promise<() => void> {
  let letGo = () => undefined as void
  const held = new Promise<void>((done) => (letGo = done))
  await page.route(scripts, async (route) => {
    await held
    await route.continue()
  })
  return letGo
}

async function open(page: Page, { project, ask }: Holdpoint): Promise<string> {
  const { id } = await ask()
  await page.goto(`/${project}/approvals?approval=${id}`)
  await expect(bar(page).getByRole('button', { name: /^Approve/ })).toBeEnabled()
  await expect(page.getByText('This is the first step of its run.')).toBeVisible()
  return id
}

const bar = (page: Page) => page.getByRole('region', { name: 'Decision' })

test('what is typed and sent before the second step has come is decided with all of it', async ({
  page,
  holdpoint,
}) => {
  const id = await open(page, holdpoint)
  const letGo = await holdScripts(page)
  const before = await bar(page).boundingBox()
  await page.keyboard.press('r')
  await page.keyboard.type('Jill asked; ask anew')
  await expect(bar(page).getByRole('textbox')).toBeFocused()
  expect(await bar(page).boundingBox(), 'nothing moves').toEqual(before)
  await expect(bar(page).getByRole('button', { name: /^Reject/ })).toHaveAttribute('aria-busy', 'true')
  await page.keyboard.press('Control+Enter')
  letGo()
  await expect(page.getByText('Rejected order_tools.process_refund', { exact: false }).first()).toBeVisible()
  const { body } = await holdpoint.call('GET', `/api/approvals/${id}`)
  expect(body).toMatchObject({ status: 'rejected', decision: { reason: 'Jill asked; ask anew' } })
})

test('no letter is lost as the second step comes while somebody types', async ({ page, holdpoint }) => {
  await open(page, holdpoint)
  const letGo = await holdScripts(page)
  const words = 'Not before Monday, and then by phone alone. '.repeat(5)
  await page.keyboard.press('r')
  const typed = page.keyboard.type(words, { delay: 3 })
  setTimeout(letGo, 150)
  await typed
  await expect(bar(page).getByRole('button', { name: /^Confirm reject/ })).toBeVisible()
  await expect(bar(page).getByRole('textbox', { name: 'Reason' })).toHaveValue(words)
})

test('the focus is where it was in the second step that comes, and Escape leaves what is on its way', async ({
  page,
  holdpoint,
}) => {
  const id = await open(page, holdpoint)
  const letGo = await holdScripts(page)
  await page.keyboard.press('a')
  await expect(bar(page).getByRole('form', { name: 'Approve order_tools.process_refund' })).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(bar(page).getByRole('form')).toHaveCount(0)
  await page.keyboard.press('a')
  await page.keyboard.press('Tab')
  await page.keyboard.type('as agreed')
  letGo()
  await expect(bar(page).getByRole('button', { name: /^Confirm approve/ })).toBeVisible()
  await expect(bar(page).getByRole('textbox', { name: 'Reason' })).toBeFocused()
  await page.keyboard.type(' by phone')
  await page.keyboard.press('Control+Enter')
  await expect
    .poll(async () => (await holdpoint.call('GET', `/api/approvals/${id}`)).body)
    .toMatchObject({
      status: 'approved',
      decision: { reason: 'as agreed by phone' },
    })
})

test('a second step that cannot be read says so at its place, and loses nothing when it is tried again', async ({
  page,
  holdpoint,
}) => {
  await open(page, holdpoint)
  await page.route(scripts, (route) => route.abort())
  await page.keyboard.press('r')
  await page.keyboard.type('too much')
  await expect(bar(page).getByRole('alert')).toContainText('could not be loaded')
  await expect(bar(page).getByRole('textbox', { name: 'Reason' })).toBeFocused()
  await expect(bar(page).getByRole('textbox', { name: 'Reason' })).toHaveValue('too much')
  await page.unroute(scripts)
  await bar(page).getByRole('button', { name: 'Try again' }).click()
  await expect(bar(page).getByRole('button', { name: /^Confirm reject/ })).toBeVisible()
  await expect(bar(page).getByRole('textbox', { name: 'Reason' })).toHaveValue('too much')
})

test('any other part that cannot be read says so at its place, and the page stays', async ({
  page,
  holdpoint,
}) => {
  await open(page, holdpoint)
  await page.route(scripts, (route) => route.abort())
  await page.getByRole('button', { name: 'What happened' }).click()
  const said = page.getByText('This could not be loaded.')
  await expect(said).toBeVisible()
  await expect(page.getByRole('heading', { name: 'order_tools.process_refund' })).toBeVisible()
  await page.unroute(scripts)
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect(said).toHaveCount(0)
  await expect(page.getByRole('button', { name: 'Hide what happened' })).toBeVisible()
})
