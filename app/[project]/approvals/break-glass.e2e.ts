import { expect, test } from '@/lib/testing/e2e'

test('an owner breaks the glass in two deliberate steps, and everybody sees that they did', async ({
  page,
  holdpoint,
  checkLooks,
}) => {
  const { url, project, ownerToken } = holdpoint
  await fetch(`${url}/api/agents/payer`, {
    method: 'PUT',
    headers: { Authorization: `Bearer ${holdpoint.agentKey}`, 'Content-Type': 'application/yaml' },
    body: 'approval:\n  tools:\n    - bank.pay:\n        reviewers: finance\n',
  })
  const { id } = await holdpoint.ask({ agent: 'payer', tool: 'bank.pay', params: { amount: 4800 } })
  const statusNow = async () => (await holdpoint.call('GET', `/api/approvals/${id}`)).body.status
  const bar = page.getByRole('region', { name: 'Decision' })
  const open = bar.getByRole('button', { name: 'Break glass…' })
  await page.goto(`${url}/${project}/approvals/${id}`)
  await expect(bar).toContainText('Needs someone of finance.')
  await expect(open).toBeHidden()
  await holdpoint.call('PATCH', '/api/project', { break_glass: true }, ownerToken)
  await page.reload()
  await expect(bar).toContainText('Needs someone of finance.')
  await open.click()

  const dialog = page.getByRole('dialog', { name: 'Approve bank.pay against its policy?' })
  await expect(dialog).toBeFocused()
  await checkLooks(page)
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  await expect(open).toBeFocused()

  await page.keyboard.press('Enter')
  const confirm = dialog.getByRole('button', { name: 'Approve by break-glass' })
  const [name, why] = [dialog.getByLabel('Type bank.pay'), dialog.getByLabel('Why this cannot wait')]
  await name.fill('bank')
  await why.fill('The supplier stops at noon and Finance is out.')
  await confirm.click()
  await expect(name).toHaveAccessibleDescription('Type bank.pay, letter by letter.')
  await name.fill('bank.pay')
  await why.fill('Quick.')
  await confirm.click()
  await expect(why).toHaveAccessibleDescription(/at least 20 characters/)
  await checkLooks(page)
  await why.fill('The supplier stops at noon and Finance is out.')
  const lost = `**/approvals/${id}*`
  await page.route(lost, (route) => (route.request().method() === 'POST' ? route.abort() : route.continue()))
  await confirm.click()
  await expect(dialog.getByRole('alert')).toContainText('may or may not have been done')
  await expect(why).toHaveValue('The supplier stops at noon and Finance is out.')
  expect(await statusNow()).toBe('pending')
  await page.unrouteAll({ behavior: 'wait' })
  await confirm.click()
  await expect(dialog).toBeHidden()
  await expect(bar).toContainText('Approved bank.pay')
  await expect(page.getByText('Break-glass', { exact: true }).first()).toBeVisible()
  await checkLooks(page)
  await page.goto(`${url}/${project}/approvals?status=approved`)
  await expect(page.locator(`#approval-${id}`)).toContainText('Break-glass')
  expect((await holdpoint.call('GET', `/api/approvals/${id}`)).body).toMatchObject({
    status: 'approved',
    decision: { override: { reason: 'The supplier stops at noon and Finance is out.' } },
  })
})

test('who is no admin is offered no glass to break', async ({ page, holdpoint }) => {
  await holdpoint.call('PATCH', '/api/project', { break_glass: true }, holdpoint.ownerToken)
  const { id } = await holdpoint.ask()
  const { actor } = await holdpoint.test.member('reviewer')
  await holdpoint.signIn(page, actor.id)
  await page.goto(`${holdpoint.url}/${holdpoint.project}/approvals/${id}`)
  await expect(page.getByRole('button', { name: /^Approve / })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Break glass…' })).toHaveCount(0)
})
