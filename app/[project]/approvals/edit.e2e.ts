import { expect, test } from '@/lib/testing/e2e'

const policy = `approval:
  tools:
    - refund:
        edit: [amount, note]
  on_rejection: continue
`

test('a call is changed and approved; the page shows in what, keeps the draft, and the agent gets exactly that', async ({
  page,
  holdpoint,
  checkAccessibility,
}) => {
  await fetch(`${holdpoint.url}/api/agents/payer`, {
    method: 'PUT',
    headers: { Authorization: `Bearer ${holdpoint.agentKey}`, 'Content-Type': 'application/yaml' },
    body: policy,
  })
  const params = { order_id: 'o_77', amount: 2400, note: 'second parcel' }
  const asked = await holdpoint.ask({ agent: 'payer', tool: 'refund', params })
  await page.goto(`${holdpoint.url}/${holdpoint.project}/approvals/${asked.id}`)
  await page.getByRole('button', { name: 'Edit…' }).click()
  const form = page.getByRole('region', { name: 'Change params' })
  await expect(form.getByLabel('amount')).toBeFocused()
  await expect(form.getByLabel('order_id')).toHaveCount(0)
  await form.getByLabel('amount').fill('12.5')
  await expect(form.getByLabel('amount')).toHaveAccessibleDescription(/whole number/)
  await form.getByLabel('amount').fill('1200')
  await form.getByLabel('note').fill('second\u200b parcel')
  const changes = form.getByRole('list', { name: 'What changes' })
  await expect(changes.locator('del').first()).toHaveText('2400')
  await expect(changes.locator('ins').first()).toHaveText('1200')
  await expect(changes).toContainText('⟨U+200B⟩')
  await checkAccessibility(page)

  await page.reload()
  await expect(form.getByLabel('amount')).toHaveValue('1200')
  await form.getByLabel('note').fill('second parcel')
  await page.setViewportSize({ width: 390, height: 800 })
  await expect(form).toContainText('payer gets refund with exactly these values')
  const wide = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  await expect.poll(wide).toBeLessThanOrEqual(0)
  await checkAccessibility(page)
  const bar = page.getByRole('region', { name: 'Decision' })
  await bar.getByRole('button', { name: /^Approve refund.* with 1 change$/ }).click()
  const confirm = bar.getByRole('button', { name: 'Confirm approve refund with 1 change' })
  await expect(confirm).toContainText('Approve with 1 change')
  await confirm.click()
  await expect(bar).toContainText('Approved refund')
  await expect(page.getByRole('list', { name: 'What was changed' })).toContainText('1200')
  const { body } = await holdpoint.call('GET', `/api/approvals/${asked.id}`)
  expect(body).toMatchObject({
    status: 'approved',
    params: { ...params, amount: 1200 },
    edited: { requested_params: params, changes: [{ pointer: '/amount', from: 2400, to: 1200 }] },
  })
})
