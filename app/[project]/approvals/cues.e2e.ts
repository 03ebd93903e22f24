import { expect, test } from '@/lib/testing/e2e'

test('the queue is narrowed by a cue, once what waits was looked at, and what comes is looked at too', async ({
  page,
  holdpoint,
  checkLooks,
}) => {
  await holdpoint.ask({ tool: 'mail', params: { order_id: 'C-1', to: 'ana\u202egro.example' } })
  await holdpoint.ask({ tool: 'sql', params: { order_id: 'C-2', query: 'delete from users' } })
  await holdpoint.ask({ tool: 'mail', params: { order_id: 'C-3', to: 'bo@shop.example' } })
  const list = `${holdpoint.url}/${holdpoint.project}/approvals`
  const queue = page.getByRole('region', { name: 'Pending approvals' })
  const filters = page.getByRole('search', { name: 'Filter approvals' })
  const rows = queue.getByRole('list', { name: 'Pending' }).getByRole('listitem')
  const looked: string[] = []
  page.on('request', (request) => {
    if (request.url().includes('/api/approvals/cues')) looked.push(request.method())
  })
  await page.goto(list)
  await expect(rows).toHaveCount(3)
  const cue = filters.getByRole('combobox', { name: 'Cue' })
  await expect(queue.getByText(/looked at/)).toHaveCount(0)
  // nothing is looked at for who does not ask
  expect(looked).toEqual([])

  await cue.selectOption('Hidden characters')
  await expect(page).toHaveURL(/cue=hidden_characters/)
  await expect(queue.getByText('All that waits was looked at.')).toBeVisible()
  await expect(rows).toContainText(['C-1'])
  await expect(rows).toHaveCount(1)
  await expect(queue.getByText('1 match of 3')).toBeVisible()
  await page.screenshot({ path: 'test-results/cues.png' })
  await checkLooks(page)
  await holdpoint.ask({ tool: 'mail', params: { order_id: 'C-4', to: 'c\u200bc' } })
  await holdpoint.ask({ tool: 'mail', params: { order_id: 'C-5', to: 'dd' } })
  await expect(rows).toContainText(['C-1', 'C-4'])
  await expect(queue.getByText('2 match of 5')).toBeVisible()
  await expect(rows).toHaveCount(2)

  await cue.selectOption('All rows')
  await expect(rows).toContainText(['C-2'])
  await expect(rows).toHaveCount(1)
  await page.reload()
  await expect(cue).toHaveValue('all_rows')
  await expect(rows).toHaveCount(1)
  // the project's policy is of a minute ago
  await cue.selectOption('Any cue')
  await expect(rows).toHaveCount(5)
  await cue.selectOption('No cue')
  await expect(page.getByText('No pending request matches these filters')).toBeVisible()
  await expect(page.getByText('Requests that they leave out may wait: clear them above')).toBeVisible()
})
