import type { Page } from '@playwright/test'
import { expect, test } from '@/lib/testing/e2e'

const request = (page: Page) => page.getByRole('region', { name: 'Request' })
const heading = (page: Page) => request(page).getByRole('heading', { level: 2 })
const said = (page: Page) => page.locator('output.sr-only', { hasText: /^Approved|after this decision/ })

async function approve(page: Page): Promise<void> {
  await expect(async () => {
    await page.keyboard.press('a')
    await expect(request(page).getByRole('form')).toBeFocused({ timeout: 1000 })
  }).toPass()
  await page.keyboard.press('Control+Enter')
  await expect(
    request(page)
      .getByText(/^Approved by/)
      .first(),
  ).toBeVisible()
}

test('after a decision the next opens, or the request stays, or the list has the focus, as its person chose', async ({
  page,
  holdpoint,
  checkLooks,
}) => {
  const ids: string[] = []
  for (let at = 1; at <= 5; at++) ids.push((await holdpoint.ask({ params: { order_id: `N-${at}` } })).id)
  const list = `${holdpoint.url}/${holdpoint.project}/approvals`
  const opened = (at: number) => new RegExp(`/approvals/${ids[at - 1]}$`)
  await page.goto(`${list}/${ids[0]}`)

  // once, by the key, which says so and is taken back by itself
  await page.keyboard.press('.')
  await expect(page.getByText('After this decision the request stays open.')).toBeVisible()
  await expect(said(page)).toHaveText('The request stays open after this decision.')
  await page.keyboard.press('.')
  await expect(page.getByText('After this decision the request stays open.')).toHaveCount(0)
  await expect(said(page)).toHaveText('The request no longer stays open after this decision.')
  await page.keyboard.press('.')
  await approve(page)
  await expect(page.getByText('After this decision the request stays open.')).toHaveCount(0)
  await expect(page.getByText(/^Approved .* N-1\.$/)).toBeAttached()
  await page.keyboard.press('j')
  await expect(page).toHaveURL(opened(2))
  await approve(page)
  await expect(page).toHaveURL(opened(3))
  await expect(said(page)).toHaveText(/^Approved .* N-2\. Next: .* N-3, 1 of 3\.$/)
  await expect(request(page).getByText('1 of 3').filter({ visible: true })).toBeVisible()
  await expect(heading(page)).toBeFocused()

  await page.keyboard.press('?')
  const sheet = page.getByRole('dialog', { name: 'Keys' })
  const after = sheet.getByRole('group', { name: 'After a decision' })
  await expect(sheet).toContainText('Stay here once')
  await expect(after.getByRole('radio', { name: 'Next', exact: true })).toBeChecked()
  await checkLooks(page)
  await page.screenshot({ path: 'test-results/keys.png' })
  await after.getByText('List', { exact: true }).click()
  await page.keyboard.press('Escape')
  await expect(sheet).toBeHidden()
  await approve(page)
  await expect(page).toHaveURL(list)
  const next = page.locator(`#approval-${ids[3]} a`)
  await expect(next).toBeFocused()
  await expect(said(page)).toHaveText(/^Approved .* N-3\.$/)
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(opened(4))

  // it is kept, and chosen in the person's menu as well
  await page.reload()
  await page
    .getByRole('button', { name: /^Account of/ })
    .or(page.getByLabel(/^Account of/))
    .first()
    .click()
  const menu = page.getByRole('group', { name: 'After a decision' })
  await expect(menu.getByRole('radio', { name: 'List', exact: true })).toBeChecked()
  await page.screenshot({ path: 'test-results/menu.png' })
  await menu.getByText('Stay', { exact: true }).click()
  await page.keyboard.press('Escape')
  await approve(page)
  await expect(page.getByText(/^Approved .* N-4\.$/)).toBeAttached()
  await expect(request(page).getByRole('button', { name: /^Next/ })).toBeVisible()
  await expect(page).toHaveURL(opened(4))
})
