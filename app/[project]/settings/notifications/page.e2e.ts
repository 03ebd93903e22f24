import { sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { expect, test } from '@/lib/testing/e2e'

test('the bell counts what is unread, shows it live, and is marked as read', async ({
  page,
  holdpoint,
  checkAccessibility,
}) => {
  await page.goto(`/${holdpoint.project}/runs`)
  await expect(page.getByRole('button', { name: 'Notices', exact: true })).toBeVisible()
  await holdpoint.ask({ tool: 'first_tool' })
  const second = await holdpoint.ask({ tool: 'second_tool' })
  await page.getByRole('button', { name: 'Notices, 2 unread' }).click()
  const list = page.getByRole('list', { name: 'Newest notices' })
  await expect(list.getByRole('listitem')).toHaveCount(2)
  await expect(list.getByRole('listitem').first()).toContainText('second_tool')
  await checkAccessibility(page)
  await holdpoint.call(
    'POST',
    `/api/approvals/${second.id}/decisions`,
    { decision: 'reject' },
    holdpoint.reviewerToken,
  )
  await expect(list.getByRole('listitem')).toHaveCount(1)
  await page.getByRole('button', { name: '1 ended' }).click()
  const ended = page.getByRole('list', { name: 'Ended requests' }).getByRole('listitem')
  await expect(ended).toContainText(/second_tool.*Rejected/)
  await checkAccessibility(page)
  await expect(page.getByRole('button', { name: 'Notices, 1 unread' })).toBeVisible()
  await page.getByRole('button', { name: 'Mark all as read' }).click()
  await expect(page.getByRole('button', { name: 'Notices', exact: true })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(list).toBeHidden()
})

test('a notice leads to its approval and decides nothing', async ({ page, holdpoint }) => {
  const approval = await holdpoint.ask({ tool: 'led_to' })
  await page.goto(`/${holdpoint.project}/runs`)
  await page.getByRole('button', { name: 'Notices, 1 unread' }).click()
  await page.getByRole('link', { name: /led_to/ }).click()
  await expect(page).toHaveURL(new RegExp(`approvals/${approval.id}$`))
  await expect(page.getByRole('button', { name: 'Notices', exact: true })).toBeVisible()
  expect((await holdpoint.call('GET', `/api/approvals/${approval.id}`)).body).toMatchObject({
    status: 'pending',
  })
})

test('the browser is asked for notifications by a press, never on load, and a press on one leads to it', async ({
  page,
  holdpoint,
}) => {
  await page.addInitScript(() => {
    const asked = { count: 0 }
    const shown: { title: string; onclick?: () => void }[] = []
    Object.assign(window, { asked, shown })
    // As where the push service of the browser cannot be reached.
    PushManager.prototype.subscribe = () => Promise.reject(new DOMException('no service', 'AbortError'))
    Object.defineProperty(window, 'Notification', {
      value: class {
        static permission = 'default'
        constructor(public title: string) {
          shown.push(this)
        }
        close() {}
        static async requestPermission() {
          asked.count++
          this.permission = 'granted'
          return 'granted'
        }
      },
    })
  })
  const asked = () => page.evaluate(() => (window as unknown as { asked: { count: number } }).asked.count)
  await page.goto(`/${holdpoint.project}/approvals`)
  await page.getByRole('button', { name: 'Notices' }).click()
  expect(await asked()).toBe(0)
  await page.getByRole('button', { name: 'Notify me in this browser' }).click()
  await expect(page.getByRole('button', { name: 'Stop notifying in this browser' })).toBeVisible()
  await expect(page.getByText('Only while a page is open')).toBeVisible()
  expect(await asked()).toBe(1)

  await page.goto(`/${holdpoint.project}/runs`)
  await page.evaluate(() => {
    localStorage.setItem('holdpoint.browser-notices', 'on')
    ;(Notification as unknown as { permission: string }).permission = 'granted'
    Object.defineProperty(document, 'hidden', { value: true })
  })
  await page.keyboard.press('Escape')
  const { id } = await holdpoint.ask({ tool: 'told_by_browser' })
  const title = () =>
    page.evaluate(() => (window as unknown as { shown: { title: string }[] }).shown.at(-1)?.title)
  await expect.poll(title).toBe('told_by_browser awaits approval')
  await page.evaluate(() => (window as unknown as { shown: { onclick(): void }[] }).shown.at(-1)?.onclick())
  await expect(page).toHaveURL(new RegExp(`approvals.*${id}`))
})

test('on an iPhone it is told what notifications need, and can be kept on the Home Screen', async ({
  page,
  holdpoint,
}) => {
  await page.addInitScript(() => {
    Object.defineProperty(window, 'Notification', { value: undefined })
    Object.defineProperty(navigator, 'standalone', { value: false })
  })
  await page.goto(`/${holdpoint.project}/approvals`)
  await page.getByRole('button', { name: 'Notices' }).click()
  await expect(page.getByText(/add Holdpoint to the Home Screen/)).toBeVisible()

  const linked = page.locator('link[rel=manifest]')
  const manifest = (await (await page.request.get((await linked.getAttribute('href')) ?? '')).json()) as {
    display: string
    start_url: string
    icons: { src: string; type: string }[]
  }
  expect(manifest).toMatchObject({ display: 'standalone', start_url: '/' })
  for (const { src, type } of manifest.icons)
    expect((await page.request.get(src)).headers()['content-type']).toBe(type)
  await expect(page.locator('link[rel=apple-touch-icon]')).toHaveAttribute('href', /apple-icon/)
})

test('preferences are saved, hold for what comes, and refuse what can never match', async ({
  page,
  holdpoint,
  checkAccessibility,
}) => {
  await page.goto(`/${holdpoint.project}/settings/notifications`)
  await expect(page.getByLabel('E-mail')).toBeChecked()
  await page.getByLabel('E-mail').uncheck()
  await page.getByLabel('Only these tools').fill('order_tools.*\nbad name')
  await page.getByRole('button', { name: 'Save notification settings' }).click()
  await expect(page.getByText('No tool can have a name that this matches.')).toBeVisible()
  await checkAccessibility(page)
  await page.getByLabel('Only these tools').fill('order_tools.*')
  await page.getByRole('button', { name: 'Save notification settings' }).click()
  await expect(page.getByText('Your notification settings are saved.')).toBeVisible()
  await page.reload()
  await expect(page.getByLabel('E-mail')).not.toBeChecked()
  await expect(page.getByLabel('Only these tools')).toHaveValue('order_tools.*')
  await holdpoint.ask({ tool: 'other_tool' })
  await holdpoint.ask({ tool: 'order_tools.cancel' })
  await page.getByRole('button', { name: 'Notices, 1 unread' }).click()
  await expect(page.getByRole('list', { name: 'Newest notices' })).toContainText('order_tools.cancel')
})

test('muted, nothing is told until it is taken back', async ({ page, holdpoint }) => {
  await page.goto(`/${holdpoint.project}/settings/notifications`)
  await page.getByLabel('Mute everything').selectOption({ label: 'For an hour' })
  await page.getByRole('button', { name: 'Save notification settings' }).click()
  await expect(page.getByLabel('Mute everything')).toContainText('Muted until')
  const muted = await holdpoint.ask({ tool: 'while_muted' })
  await expect.poll(() => countUntold(holdpoint.database.db, muted.id)).toBe(0)
  await page.getByLabel('Mute everything').selectOption({ label: 'Not muted any more' })
  await page.getByRole('button', { name: 'Save notification settings' }).click()
  await expect(page.getByLabel('Mute everything')).toContainText('Not muted')
  await holdpoint.ask({ tool: 'after_muting' })
  await page.getByRole('button', { name: 'Notices, 1 unread' }).click()
  await expect(page.getByRole('list', { name: 'Newest notices' })).not.toContainText('while_muted')
  await page.goto(`/${holdpoint.project}/approvals?approval=${muted.id}`)
  await expect(page.getByText('while_muted').first()).toBeVisible()
})

test('quiet hours are chosen by the clock of a zone, refused where they leave nothing, and taken back', async ({
  page,
  holdpoint,
  checkAccessibility,
}) => {
  await page.goto(`/${holdpoint.project}/settings/notifications`)
  const form = page.getByRole('form', { name: 'Quiet hours' })
  await expect(form.getByRole('button', { name: 'Save quiet hours' })).toBeHidden()
  await form.getByRole('button', { name: 'Add quiet hours' }).click()
  await form.getByLabel('To').fill('22:00')
  await form.getByRole('button', { name: 'Save quiet hours' }).click()
  await expect(form.getByText('Leave at least an hour of the week.')).toBeVisible()
  await checkAccessibility(page)
  await form.getByLabel('To').fill('06:30')
  await form.getByText('Sat', { exact: true }).click()
  await form.getByLabel('By the clock of').selectOption('Europe/Zurich')
  await form.getByRole('button', { name: 'Save quiet hours' }).click()
  await expect(page.getByText('Your quiet hours are saved.')).toBeVisible()
  await page.reload()
  await expect(form.getByLabel('By the clock of')).toHaveValue('Europe/Zurich')
  await expect(form.getByLabel('To')).toHaveValue('06:30')
  await expect(form.getByLabel('Saturday')).not.toBeChecked()
  await expect(form.getByLabel('Sunday')).toBeChecked()
  await form.getByRole('button', { name: 'Remove quiet hours 1' }).click()
  await form.getByRole('button', { name: 'Save quiet hours' }).click()
  await expect(page.getByText('You have no quiet hours.')).toBeVisible()
  await page.reload()
  await expect(form.getByRole('button', { name: 'Add quiet hours' })).toBeVisible()
  await expect(form.getByLabel('To')).toBeHidden()
})

/** Events of an approval that people may not have been told of yet. */
async function countUntold(db: Database, approvalId: string): Promise<number> {
  const [row] = await db.execute<{ count: number }>(sql`
    select count(*)::int as count from approval_events where approval_id = ${approvalId} and (seq is null
      or exists (select 1 from graphile_worker.jobs where task_identifier = 'tell_event'))`)
  return row?.count ?? 0
}
