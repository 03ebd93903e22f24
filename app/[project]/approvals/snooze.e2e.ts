import { sql } from 'drizzle-orm'
import { expect, test } from '@/lib/testing/e2e'

test('a request is put off by the keyboard, for oneself alone, and comes back by the key and by its time', async ({
  page,
  browser,
  holdpoint,
  checkLooks,
}) => {
  const ids: string[] = []
  for (const order of ['Z-1', 'Z-2', 'Z-3'])
    ids.push((await holdpoint.ask({ params: { order_id: order } })).id)
  const list = `${holdpoint.url}/${holdpoint.project}/approvals`
  const queue = page.getByRole('region', { name: 'Pending approvals' })
  const request = page.getByRole('region', { name: 'Request' })
  const rows = queue.getByRole('list', { name: 'Pending' }).getByRole('listitem')
  const pending = page.getByRole('navigation', { name: 'Pending or decided' })
  await page.goto(`${list}/${ids[0]}`)
  await expect(rows).toHaveCount(3)
  // whoever puts nothing off sees nothing of it
  await expect(queue.getByText(/^Snoozed/)).toHaveCount(0)

  await expect(async () => {
    await page.keyboard.press('h')
    await expect(request.getByRole('group', { name: 'Snooze until' })).toBeVisible({ timeout: 1000 })
  }).toPass()
  const until = request.getByRole('group', { name: 'Snooze until' }).getByRole('button')
  await expect(until).toHaveText([
    /^15 min: until \d\d:\d\d/,
    /^Until \d\d:\d\d.*when 12 min are left$/,
    'Cancel',
  ])
  await expect(until.first()).toBeFocused()
  await page.screenshot({ path: 'test-results/snooze-choice.png' })
  await checkLooks(page)
  await page.keyboard.press('Escape')
  await expect(until).toHaveCount(0)
  await page.keyboard.press('h')
  await page.keyboard.press('Enter')

  // the next opens, and what is counted is what waits for this person
  await expect(rows).toContainText(['Z-2', 'Z-3'])
  await expect(rows).toHaveCount(2)
  await expect(page).toHaveURL(new RegExp(ids[1]!))
  await expect(page.getByText(/^Snoozed until .*, for you alone\.$/)).toBeVisible()
  await expect(queue.getByText('2 requests wait')).toBeVisible()
  await expect(pending.getByRole('link', { name: /^Pending/ })).toHaveText('Pending2')
  await expect(page).toHaveTitle(/^\(2\) /)
  const line = queue.getByRole('link', { name: 'Snoozed 1' })
  await expect(line).toBeVisible()
  await page.screenshot({ path: 'test-results/snooze-line.png' })
  await page.reload()
  await expect(rows).toHaveCount(2)
  await expect(page).toHaveTitle(/^\(2\) /)

  // others have all of it, and so has another device of one's own
  const ben = await holdpoint.test.member('reviewer')
  const theirs = await (await browser.newContext()).newPage()
  await holdpoint.signIn(theirs, ben.actor.id)
  await theirs.goto(list)
  await expect(theirs.getByRole('list', { name: 'Pending' }).getByRole('listitem')).toHaveCount(3)
  await expect(theirs).toHaveTitle(/^\(3\) /)
  await theirs.context().close()

  // what comes meanwhile is shown, what happens to what is put off does not bring it back
  await holdpoint.call('POST', `/api/approvals/${ids[0]}/comments`, { body: 'Still there?' })
  await holdpoint.ask({ params: { order_id: 'Z-4' } })
  await expect(rows).toContainText(['Z-2', 'Z-3', 'Z-4'])
  await expect(rows).toHaveCount(3)

  await line.click()
  await expect(page).toHaveURL(/snoozed=true/)
  await expect(rows).toContainText(['Z-1'])
  await expect(queue.getByText('1 snoozed', { exact: true })).toBeVisible()
  const taken = request.getByRole('button', { name: /^Snoozed until \d\d:\d\d: take back/ })
  await expect(taken).toBeVisible()
  await checkLooks(page)
  await page.keyboard.press('h')
  await expect(page.getByText('No pending request matches these filters')).toBeVisible()
  await queue.getByRole('link', { name: 'Back to the queue' }).click()
  await expect(rows).toHaveCount(4)
  await expect(page).toHaveTitle(/^\(4\) /)
  await expect(queue.getByText(/^Snoozed/)).toHaveCount(0)

  // by its time
  await page.goto(`${list}/${ids[1]}`)
  await page.keyboard.press('h')
  await until.first().click()
  await expect(rows).toHaveCount(3)
  await holdpoint.database.db.execute(
    sql`update snoozes set ends_at = clock_timestamp() + interval '3 seconds' where approval_id = ${ids[1]}`,
  )
  await page.reload()
  await expect(rows).toHaveCount(4)
  await expect(page).toHaveTitle(/^\(4\) /)
})

test('what is put off or taken back elsewhere leaves and joins the queues that are open, at their next look', async ({
  page,
  holdpoint,
}) => {
  const ids: string[] = []
  for (const order of ['E-1', 'E-2', 'E-3'])
    ids.push((await holdpoint.ask({ params: { order_id: order } })).id)
  const queue = page.getByRole('region', { name: 'Pending approvals' })
  const rows = queue.getByRole('list', { name: 'Pending' }).getByRole('listitem')
  await page.goto(`${holdpoint.url}/${holdpoint.project}/approvals/${ids[0]}`)
  await expect(rows).toHaveCount(3)
  const elsewhere = (method: 'PUT' | 'DELETE', at: number) =>
    holdpoint.call(
      method,
      `/api/approvals/${ids[at]}/snooze`,
      method === 'PUT' ? { until: new Date(Date.now() + 15 * 60_000).toISOString() } : undefined,
      holdpoint.ownerToken,
    )
  // an event has it look
  const look = (order: string) => holdpoint.ask({ params: { order_id: order } })
  await elsewhere('PUT', 1)
  await look('E-4')
  await expect(rows).toContainText(['E-1', 'E-3', 'E-4'])
  await expect(queue.getByRole('link', { name: 'Snoozed 1' })).toBeVisible()

  // also of what was put off here
  await page.keyboard.press('h')
  await expect(page.getByRole('group', { name: 'Snooze until' }).getByRole('button').first()).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(rows).toHaveCount(2)
  await expect(queue.getByRole('link', { name: 'Snoozed 2' })).toBeVisible()
  await elsewhere('DELETE', 0)
  await elsewhere('DELETE', 1)
  await look('E-5')
  await expect(rows).toContainText(['E-1', 'E-2', 'E-3', 'E-4', 'E-5'])
  await expect(queue.getByText(/^Snoozed/)).toHaveCount(0)
})
