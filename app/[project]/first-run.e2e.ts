import { expect, test } from '@/lib/testing/e2e'

test('the first steps are ticked by what happens, and the palette leads anywhere', async ({
  page,
  holdpoint,
  checkAccessibility,
}) => {
  await page.goto(`${holdpoint.url}/${holdpoint.project}/runs`)
  const steps = page.getByRole('region', { name: 'First steps' })
  await expect(steps).toContainText('Next: Send a test request')
  await steps.getByRole('button', { name: /First steps/ }).click()
  await expect(steps).toContainText('"agent":"tester"')
  await checkAccessibility(page)
  const { id } = await holdpoint.ask()
  await expect(steps.getByRole('link', { name: 'Decide on it' })).toBeVisible()
  await expect(steps.getByRole('link', { name: 'Send a test request' })).toHaveCount(0)
  await holdpoint.call('POST', `/api/approvals/${id}/decisions`, { decision: 'reject' }, holdpoint.ownerToken)
  await expect(steps).toHaveCount(0)

  await page.keyboard.press('Control+k')
  const palette = page.getByRole('dialog', { name: 'Go to' })
  await expect(palette).toBeVisible()
  await page.keyboard.type('webh')
  await checkAccessibility(page)
  await page.keyboard.press('Enter')
  await expect(palette).toHaveCount(0)
  await expect(page.getByRole('heading', { name: 'Webhooks', level: 1 })).toBeVisible()
  await expect(steps).toContainText(/5 of 6 done.*Next: Tell Slack/)

  await page.getByRole('button', { name: /^Go to/ }).click()
  await expect(palette).toBeVisible()
  await page.keyboard.type('ORD-1')
  await expect(palette.getByRole('option', { name: 'In runs' })).toBeVisible()
  await palette.getByRole('option', { name: 'In runs' }).click()
  await expect(page).toHaveURL(/runs\?q=ORD-1$/)
  await page.keyboard.press('Control+k')
  await expect(palette).toBeVisible()
  await page.keyboard.type('utc')
  await page.keyboard.press('Enter')
  await page.goto(`${holdpoint.url}/${holdpoint.project}/audit`)
  await expect(page.getByRole('list', { name: 'Audit entries' }).getByRole('time').first()).toHaveText(
    /\d\d:\d\d UTC$/,
  )
})
