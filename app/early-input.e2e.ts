import type { Page } from '@playwright/test'
import { expect, test } from '@/lib/testing/e2e'

/** Opens a page and keeps its scripts back, but not its styles: it is seen before React listens. @returns what lets them go */
async function openEarly(page: Page, url: string): Promise<() => Promise<void>> {
  let letGo = () => {}
  const gone = new Promise<void>((resolve) => (letGo = resolve))
  await page.route('**/_next/static/chunks/**/*.js', async (route) => {
    await gone
    await route.continue()
  })
  await page.goto(url, { waitUntil: 'commit' })
  return async () => {
    letGo()
    await page.unrouteAll({ behavior: 'wait' })
  }
}

test('what is done before a page’s scripts have come is done once they have', async ({ page, holdpoint }) => {
  await holdpoint.ask({ tool: 'pay.refund' })
  await holdpoint.ask({ tool: 'mail.send' })
  const base = `${holdpoint.url}/${holdpoint.project}`

  // a press, which opens one dialog once, however often it was pressed
  let letGo = await openEarly(page, `${base}/settings/webhooks`)
  await page.getByRole('button', { name: 'New webhook' }).click()
  await page.getByRole('button', { name: 'New webhook' }).click()
  await letGo()
  const dialog = page.getByRole('dialog', { name: 'New webhook' })
  await expect(dialog).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(dialog).toHaveCount(0)
  await page.getByRole('button', { name: 'New webhook' }).click()
  await expect(dialog).toHaveCount(1)

  // a choice
  letGo = await openEarly(page, `${base}/audit`)
  await page.getByLabel('Action').selectOption('agent.deployed')
  await letGo()
  await expect(page).toHaveURL(/\?action=agent\.deployed$/)
  await expect(page.getByLabel('Action')).toHaveValue('agent.deployed')

  // a text in a field that is taken when it is left
  letGo = await openEarly(page, `${base}/approvals`)
  await page.getByRole('textbox', { name: 'Tool' }).pressSequentially('pay.*')
  await page.getByLabel('Search').focus()
  await letGo()
  await expect(page).toHaveURL(/\?tool=pay/)
  await expect(page.getByText('1 match of 2')).toBeVisible()

  // a form that only React can send, with what was typed into it
  letGo = await openEarly(page, `${base}/settings/project`)
  await page.getByRole('textbox', { name: 'Name' }).fill('Renamed early')
  await page.getByRole('button', { name: 'Save settings' }).click()
  await letGo()
  await expect(page.getByText('The project’s settings are saved.')).toBeVisible()
  await page.reload()
  await expect(page.getByRole('textbox', { name: 'Name' })).toHaveValue('Renamed early')
})

test('an early press decides nothing: it opens the first step alone, and no key is taken', async ({
  page,
  holdpoint,
}) => {
  const { id, tool } = await holdpoint.ask()
  const letGo = await openEarly(page, `${holdpoint.url}/${holdpoint.project}/approvals/${id}`)
  await page.getByRole('button', { name: `Approve ${tool}` }).dblclick()
  await page.keyboard.press('Control+Enter')
  await letGo()
  await expect(page.getByRole('button', { name: `Confirm approve ${tool}` })).toBeVisible()
  expect((await holdpoint.call('GET', `/api/approvals/${id}`)).body.status).toBe('pending')
})
