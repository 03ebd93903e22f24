import { expect, test } from '@/lib/testing/e2e'

test('words that are typed as somebody else decides do nothing to the next request', async ({
  page,
  holdpoint,
}) => {
  const [first, second] = [await holdpoint.ask(), await holdpoint.ask({ tool: 'mail.send' })]
  await page.goto(`/${holdpoint.project}/approvals?approval=${first.id}`)
  const request = page.getByRole('region', { name: 'Request' })
  await expect(request.getByRole('button', { name: /^Approve/ })).toBeEnabled()
  await expect(async () => {
    await page.keyboard.press('r')
    await expect(request.getByRole('textbox', { name: 'Reason' })).toBeFocused({ timeout: 1000 })
  }).toPass()
  await page.keyboard.type('I do ')
  await holdpoint.call(
    'POST',
    `/api/approvals/${first.id}/decisions`,
    { decision: 'approve' },
    holdpoint.reviewerToken,
  )
  const typing = page.keyboard.type('not know; jot a reason, knot care. '.repeat(4), { delay: 40 })
  await expect(request.getByText('Somebody was faster')).toBeVisible()
  await typing
  await page.keyboard.press('Control+Enter')
  await expect(request.getByRole('heading', { name: 'order_tools.process_refund' })).toBeVisible()
  expect((await holdpoint.call('GET', `/api/approvals/${second.id}`)).body).toMatchObject({
    status: 'pending',
  })
  // A pause, or a key that ends the typing, and the keys are the page's again.
  await page.keyboard.press('Escape')
  await page.keyboard.press('j')
  await expect(request.getByRole('heading', { name: 'mail.send' })).toBeVisible()
})
