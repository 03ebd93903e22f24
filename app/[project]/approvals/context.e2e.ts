import { expect, test } from '@/lib/testing/e2e'

const tool = 'pay.refund'

test('beside a request stands what led to it and what became of similar ones', async ({
  page,
  holdpoint,
  checkAccessibility,
}) => {
  const usual = { to: 'acme', currency: 'EUR' }
  for (const amount of [100, 120, 140, 160, 180, 200]) {
    const { id } = await holdpoint.ask({ tool, params: { ...usual, amount } })
    const decision =
      amount === 140 ? { decision: 'reject', reason: 'Twice the same.' } : { decision: 'approve' }
    await holdpoint.call('POST', `/api/approvals/${id}/decisions`, decision, holdpoint.reviewerToken)
  }
  const { run_id } = await holdpoint.ask({ tool: 'pay.other', params: {} })
  await holdpoint.call('POST', `/api/runs/${run_id}/steps`, {
    kind: 'model',
    name: 'Plan',
    output: 'Pay it all.',
  })
  const asked = await holdpoint.ask({ run_id, tool, params: { ...usual, amount: 2400, note: 'ok\u202e' } })
  await holdpoint.ask({ tool, params: { ...usual, amount: 150 } })

  await page.goto(`/${holdpoint.project}/approvals/${asked.id}`)
  const request = page.getByRole('region', { name: 'Request' })
  const cues = request.getByRole('region', { name: 'To note' }).getByRole('listitem')
  await expect(cues).toHaveText([
    /note holds characters that cannot be seen/,
    /amount is higher than in all 6 earlier calls/,
    /policy was changed/,
  ])
  await expect(request.getByRole('list', { name: 'Last steps' })).toContainText('Pay it all.')
  await expect(request.getByRole('link', { name: 'pay.other' })).toBeVisible()
  const changed = request.getByRole('row').filter({ hasText: 'amount' }).filter({ hasText: '→' })
  await expect(changed).toContainText(/amount\s*200\s*→\s*2400\s*\(12 ×\)/)
  await expect(request.getByText('5 approved, 1 rejected')).toBeVisible()
  await expect(request.getByRole('figure')).toContainText('higher than all of 6 earlier requests, 100 to 200')
  await checkAccessibility(page)
  await cues.getByRole('link').click()
  await expect(page.getByRole('heading', { name: tool })).toBeVisible()
  await expect(request.getByText(/^Approved by/).first()).toBeVisible()

  // Nothing of it is needed to decide.
  await page.route(/\/context\?/, (route) => route.abort())
  await page.goto(`/${holdpoint.project}/approvals/${asked.id}`)
  await expect(request.getByText('What is on record could not be read')).toBeVisible()
  await request.getByRole('button', { name: /^Approve/ }).click()
  // nothing is sent before this is in sight
  await expect(request.getByRole('button', { name: /^Confirm approve/ })).toBeVisible()
  await page.keyboard.press('ControlOrMeta+Enter')
  await expect
    .poll(async () => (await holdpoint.call('GET', `/api/approvals/${asked.id}`)).body.status)
    .toBe('approved')
})
