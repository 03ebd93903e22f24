import { expect, test } from '@/lib/testing/e2e'

test('the first steps are ticked by what happens, and are hidden for good', async ({
  page,
  holdpoint,
  checkAccessibility,
}) => {
  const approvals = `${holdpoint.url}/${holdpoint.project}/approvals`
  await page.goto(approvals)
  const steps = page.getByRole('region', { name: 'First steps' })
  const line = (words: string) => steps.getByRole('listitem').filter({ hasText: words })
  await expect(steps).toContainText('3 of 6 done')
  await expect(line('Make an agent key')).toContainText('Done:')
  await expect(line('Ask for an approval')).toContainText('"agent":"tester"')
  await checkAccessibility(page)
  await page.emulateMedia({ colorScheme: 'dark' })
  await checkAccessibility(page)

  // ticked as it happens, and out of the way of what waits
  const { id } = await holdpoint.ask()
  const strip = steps.getByRole('button', { name: /^First steps 4 of 6/ })
  await strip.click()
  await expect(line('Decide on a request')).toContainText('To do:')
  await checkAccessibility(page)
  await holdpoint.call('POST', `/api/approvals/${id}/decisions`, { decision: 'reject' }, holdpoint.ownerToken)
  await expect(steps).toContainText('5 of 6')
  await expect(steps.getByRole('link', { name: 'Add a webhook' })).toHaveAttribute(
    'href',
    /settings\/webhooks$/,
  )

  await steps.getByRole('button', { name: 'Hide first steps' }).click()
  await expect(steps).toHaveCount(0)
  await expect(page.getByRole('main')).toBeFocused()
  await page.reload()
  await expect(page.getByText('Nothing waits for you')).toBeVisible()
  await expect(steps).toHaveCount(0)

  // what is for whoever works on the pages is not served here
  expect((await page.request.get(`${holdpoint.url}/dev/ui`)).status()).toBe(404)

  // whoever could not take them is not told of them
  await page.context().clearCookies()
  await holdpoint.signIn(page, (await holdpoint.test.member('reviewer')).actor.id)
  await page.goto(approvals)
  await expect(page.getByText('Nothing waits for you')).toBeVisible()
  await expect(steps).toHaveCount(0)
})

test('the keyboard alone finds and does everything from one field', async ({
  page,
  holdpoint,
  checkAccessibility,
}) => {
  const asked = await holdpoint.ask({ params: { order_id: 'ORD-7781' } })
  const base = `${holdpoint.url}/${holdpoint.project}`
  await page.goto(`${base}/runs`)
  const palette = page.getByRole('dialog', { name: 'Find or do' })
  const chosen = palette.getByRole('option', { selected: true })
  const find = async (typed: string, words: string) => {
    await page.keyboard.press('Control+k')
    await expect(palette.getByRole('combobox')).toBeFocused()
    await page.keyboard.type(typed)
    await expect(chosen).toContainText(words)
  }

  // places, before anything is typed, with their keys
  await page.getByRole('button', { name: 'Find or do…' }).press('Enter')
  await expect(chosen).toContainText('Approvals')
  await expect(palette.getByRole('option', { name: 'Invite a person' })).toBeVisible()
  await checkAccessibility(page)
  await page.keyboard.press('Escape')
  await expect(palette).toHaveCount(0)
  await expect(page.getByRole('button', { name: 'Find or do…' })).toBeFocused()

  await find('webh', 'Webhooks')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'Webhooks', level: 1 })).toBeVisible()
  await expect(palette).toHaveCount(0)

  // a request by what it is about, by its id, and a text that is in nothing
  await find('ord-7781', 'order_tools.process_refund')
  await expect(palette.getByRole('option', { name: /^Runs with/ })).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(`${base}/approvals/${asked.id}`)
  await find(asked.run_id, `Run ${asked.run_id}`)
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(`${base}/runs/${asked.run_id}`)
  await page.goto(`${base}/audit`)
  await find('tester', 'tester')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'tester', level: 1 })).toBeVisible()

  // looks, files, the way out
  await find('dark', 'Theme: Dark')
  await page.keyboard.press('Enter')
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')
  await find('csv', 'Export the audit log as CSV')
  await checkAccessibility(page)
  const file = page.waitForEvent('download')
  await page.keyboard.press('Enter')
  expect((await file).suggestedFilename()).toMatch(/\.csv$/)

  // two keys lead to a place, also where the second one alone means something else, and can be switched off
  await page.keyboard.press('g')
  await page.keyboard.press('a')
  await expect(page).toHaveURL(`${base}/approvals`)
  await expect(
    page.getByRole('region', { name: 'Request' }).getByRole('button', { name: /^Approve/ }),
  ).toBeVisible()
  await expect(page.getByRole('form')).toHaveCount(0)
  await page.keyboard.press('g')
  await page.keyboard.press('u')
  await expect(page).toHaveURL(`${base}/audit`)
  await page.keyboard.press('?')
  const sheet = page.getByRole('dialog', { name: 'Keys' })
  await expect(sheet).toContainText('Go to Audit')
  await expect(sheet.getByText('Approve…')).toHaveCount(0)
  await sheet.getByLabel('Single-key shortcuts').uncheck()
  await page.keyboard.press('Escape')
  await expect(sheet).toHaveCount(0)
  await page.keyboard.press('g')
  await page.keyboard.press('r')
  await find('sign out', 'Sign out')
  await expect(page).toHaveURL(`${base}/audit`)
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/sign-in/)
})
