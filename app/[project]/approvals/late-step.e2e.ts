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

test('what is typed before the second step has come stands in it, and what is pressed sends nothing unseen', async ({
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
  await expect(bar(page).getByRole('button', { name: /^Confirm reject/ })).toBeVisible()
  await expect(bar(page).getByRole('textbox', { name: 'Reason' })).toHaveValue('Jill asked; ask anew')
  expect((await holdpoint.call('GET', `/api/approvals/${id}`)).body).toMatchObject({ status: 'pending' })
  await page.keyboard.press('Control+Enter')
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

test('what was pressed and left before the second step has come is forgotten', async ({
  page,
  holdpoint,
}) => {
  const id = await open(page, holdpoint)
  const letGo = await holdScripts(page)
  await page.keyboard.press('r')
  await page.keyboard.type('too much')
  await page.keyboard.press('Control+Enter')
  await page.keyboard.press('Escape')
  letGo()
  await page.waitForLoadState('networkidle')
  await page.keyboard.press('a')
  await expect(bar(page).getByRole('button', { name: /^Confirm approve/ })).toBeVisible()
  expect((await holdpoint.call('GET', `/api/approvals/${id}`)).body).toMatchObject({ status: 'pending' })
})

test('a second step that comes leaves the focus to another field, and the place in the text', async ({
  page,
  holdpoint,
}) => {
  await open(page, holdpoint)
  const letGo = await holdScripts(page)
  await page.keyboard.press('r')
  await page.keyboard.type('abc')
  await page.keyboard.press('Home')
  const search = page.getByRole('searchbox').first()
  await search.click()
  await page.keyboard.type('ref')
  letGo()
  const reason = bar(page).getByRole('textbox', { name: 'Reason' })
  await expect(bar(page).getByRole('button', { name: /^Confirm reject/ })).toBeVisible()
  await page.keyboard.type('und')
  await expect(search).toHaveValue('refund')
  await expect(reason).toHaveValue('abc')
})

test('letters go on where they were typed when the second step comes', async ({ page, holdpoint }) => {
  await open(page, holdpoint)
  const letGo = await holdScripts(page)
  await page.keyboard.press('r')
  await page.keyboard.type('abc')
  await page.keyboard.press('Home')
  await page.keyboard.type('X')
  letGo()
  await expect(bar(page).getByRole('button', { name: /^Confirm reject/ })).toBeVisible()
  await page.keyboard.type('Y')
  await expect(bar(page).getByRole('textbox', { name: 'Reason' })).toHaveValue('XYabc')
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
  const again = bar(page).getByRole('button', { name: 'Try again' })
  await again.press('Enter')
  await expect(again).toBeFocused()
  await bar(page).getByRole('button', { name: 'Cancel' }).click()
  await expect(bar(page).getByRole('alert')).toHaveCount(0)
  await page.keyboard.press('r')
  await expect(again).toBeVisible()
  await page.unroute(scripts)
  await again.click()
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
  // it is tried once by itself, which may be before the press
  await expect(async () => {
    if (await said.isVisible()) await page.getByRole('button', { name: 'Try again' }).click({ timeout: 1000 })
    await expect(said).toHaveCount(0, { timeout: 1000 })
  }).toPass()
  await expect(page.getByRole('button', { name: 'Hide what happened' })).toBeVisible()

  await page.route(scripts, (route) => route.abort())
  const places = page.getByRole('navigation').first()
  const before = await places.boundingBox()
  await page.keyboard.press('Control+k')
  await expect(said).toBeVisible()
  expect(await places.boundingBox(), 'nothing moves').toEqual(before)
})

test('a dialog that could not be read opens when it is asked for again', async ({ page, holdpoint }) => {
  await page.goto(`/${holdpoint.project}/settings/keys`)
  const press = page.getByRole('button', { name: /^New agent key/ }).first()
  await expect(press).toBeVisible()
  await page.waitForLoadState('networkidle')
  await page.route(scripts, (route) => route.abort())
  await press.click()
  await expect(page.getByText('so this could not be opened').first()).toBeVisible()
  await page.unroute(scripts)
  await press.click()
  await expect(page.getByRole('dialog')).toBeVisible()
})
