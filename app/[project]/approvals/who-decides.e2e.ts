import { expect, test, type Holdpoint } from '@/lib/testing/e2e'

const policy = `approval:
  tools:
    - pay:
        reviewers: {from: finance, approvals: 2}
        reason: on_reject
    - "*"
  on_rejection: continue
`

/** A group of finance with two people in it, and a policy that asks two of them. */
async function makeFinance(holdpoint: Holdpoint) {
  const { body: group } = await holdpoint.call(
    'POST',
    '/api/groups',
    { slug: 'finance', name: 'Finance' },
    holdpoint.ownerToken,
  )
  const people = [await holdpoint.test.member('reviewer'), await holdpoint.test.member('reviewer')] as const
  for (const { actor } of people) {
    const path = `/api/groups/${String(group.id)}/members/${actor.id}`
    await holdpoint.call('PUT', path, undefined, holdpoint.ownerToken)
  }
  await fetch(`${holdpoint.url}/api/agents/payer`, {
    method: 'PUT',
    headers: { Authorization: `Bearer ${holdpoint.agentKey}`, 'Content-Type': 'application/yaml' },
    body: policy,
  })
  return people
}

test('two people decide what needs two of them; who may not is told who can', async ({
  page,
  holdpoint,
  checkAccessibility,
}) => {
  const [ann, ben] = await makeFinance(holdpoint)
  const asked = await holdpoint.ask({ agent: 'payer', tool: 'pay', params: { amount: 2400 } })
  const path = `${holdpoint.url}/${holdpoint.project}/approvals/${asked.id}`
  const bar = page.getByRole('region', { name: 'Decision' })
  const who = page.locator('section:has(> h3:text-is("Who decides"))')

  // the owner is in no group that is asked
  await page.goto(path)
  await expect(who).toContainText('Needs 2 of finance.')
  await expect(bar).toContainText('Needs someone of finance.')
  await expect(bar.getByRole('button')).toHaveCount(0)
  await checkAccessibility(page)

  await holdpoint.signIn(page, ann.actor.id)
  await page.goto(path)
  await bar.getByRole('button', { name: /^Approve pay/ }).click()
  await bar.getByRole('button', { name: 'Confirm approve pay' }).click()
  await expect(who).toContainText('Needs 1 more of finance.')
  await expect(who.getByRole('list', { name: 'Votes', exact: true })).toContainText(
    `${ann.actor.email} approved`,
  )
  await expect(bar).toContainText('You approved')
  await checkAccessibility(page)
  await bar.getByRole('button', { name: 'Take it back' }).click()
  await expect(who).toContainText('Needs 2 of finance.')
  await bar.getByRole('button', { name: /^Approve pay/ }).click()
  await bar.getByRole('button', { name: 'Confirm approve pay' }).click()
  await expect(bar).toContainText('You approved')

  await holdpoint.signIn(page, ben.actor.id)
  await page.setViewportSize({ width: 390, height: 800 })
  await page.goto(path)
  await expect(who).toContainText('Needs 1 more of finance.')
  await bar.getByRole('button', { name: /^Reject pay/ }).click()
  await bar.getByRole('button', { name: 'Confirm reject pay' }).click()
  await expect(bar.getByLabel('Reason')).toHaveAccessibleDescription(/Say why/)
  await page.keyboard.press('Escape')
  await bar.getByRole('button', { name: /^Approve pay/ }).click()
  await bar.getByRole('button', { name: 'Confirm approve pay' }).click()
  await expect(bar).toContainText('Approved pay')
  const { body } = await holdpoint.call('GET', `/api/approvals/${asked.id}`)
  expect(body.status).toBe('approved')
})

test('changes are asked for with a reason, by a button where people are named and by a key elsewhere', async ({
  page,
  holdpoint,
  checkAccessibility,
}) => {
  await makeFinance(holdpoint)
  const asked = await holdpoint.ask({ agent: 'payer', tool: 'mail', params: { to: 'a@b.c' } })
  await page.goto(`${holdpoint.url}/${holdpoint.project}/approvals/${asked.id}`)
  const bar = page.getByRole('region', { name: 'Decision' })
  await expect(bar.getByRole('button', { name: /^Approve mail/ })).toBeVisible()
  await expect(bar.getByRole('button', { name: /^Request changes/ })).toHaveCount(0)
  await expect(page.getByRole('heading', { name: 'Who decides' })).toHaveCount(0)
  const confirm = bar.getByRole('button', { name: 'Confirm changes mail' })
  await expect(async () => {
    await page.keyboard.press('c')
    await expect(confirm).toBeVisible({ timeout: 2000 })
  }).toPass()
  await confirm.click()
  await expect(bar.getByLabel('Reason')).toHaveAccessibleDescription(/Say why/)
  await bar.getByLabel('Reason').fill('Write to the shop, not to the customer.')
  await checkAccessibility(page)
  await confirm.click()
  await expect(bar).toContainText('Asked for changes to mail')
  const { body } = await holdpoint.call('GET', `/api/approvals/${asked.id}`)
  expect(body).toMatchObject({ status: 'rejected', decision: { decision: 'request_changes' } })
})
