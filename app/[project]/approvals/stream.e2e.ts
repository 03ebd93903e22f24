import { expect, test } from '@/lib/testing/e2e'

test('a page whose stream is refused, as its session has fifty open, reads now and then instead', async ({
  page,
  holdpoint,
}) => {
  const stream = `${holdpoint.url}/api/approvals/stream?project=${holdpoint.project}`
  const [session] = await page.context().cookies(holdpoint.url)
  const hangUp = new AbortController()
  const headers = { cookie: `${session?.name}=${session?.value}` }
  const open = () => fetch(stream, { headers, signal: hangUp.signal })
  const opened = await Promise.all(Array.from({ length: 50 }, open))
  expect(opened.map((answer) => answer.status)).toEqual(Array(50).fill(200))

  const asked: number[] = []
  page.on('request', (request) => request.url().includes('/api/approvals/stream') && asked.push(Date.now()))
  await page.goto(`${holdpoint.url}/${holdpoint.project}/approvals`)
  await expect.poll(() => asked.length, { timeout: 20_000 }).toBe(3)
  const approval = await holdpoint.ask({ tool: 'order_tools.cancel_order' })
  await expect(page.getByText('order_tools.cancel_order').first()).toBeVisible({ timeout: 30_000 })
  expect(asked).toHaveLength(3)

  hangUp.abort()
  await page.goto(`${holdpoint.url}/${holdpoint.project}/approvals?status=decided`)
  await holdpoint.call('POST', `/api/approvals/${approval.id}/cancel`)
  const decided = page.getByRole('region', { name: 'Decided approvals' })
  await expect(decided).toContainText('cancel_order', { timeout: 10_000 })
})
