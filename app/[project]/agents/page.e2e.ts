import { createProject } from '@/lib/members/create-project'
import { addMember } from '@/lib/members/add'
import { expect, test } from '@/lib/testing/e2e'

test('agents stand with what they gate, and lead to their approvals', async ({
  page,
  holdpoint,
  checkAccessibility,
}) => {
  await holdpoint.ask()
  await page.goto(`${holdpoint.url}/${holdpoint.project}/agents`)
  const row = page.getByRole('list', { name: 'Agents' }).getByRole('listitem')
  await expect(row).toHaveCount(1)
  await expect(row).toContainText('2 gated tools')
  await checkAccessibility(page)
  await row.getByRole('link', { name: 'Approvals of tester' }).click()
  await expect(page).toHaveURL(/approvals\?agent=tester$/)
  await expect(page.getByRole('button', { name: 'Approve order_tools.process_refund' })).toBeVisible()
})

test('an empty project says how the first agent comes', async ({ page, holdpoint, checkAccessibility }) => {
  const { system } = holdpoint.test
  const project = await createProject(system.db, { name: 'Empty' }, system.actor)
  await addMember({ ...system, project }, { email: holdpoint.ownerEmail, role: 'owner' })
  await page.goto(`${holdpoint.url}/${project.slug}/agents`)
  await expect(page.getByText('No agent yet')).toBeVisible()
  await expect(page.getByText(`curl -X PUT ${holdpoint.url}/api/agents/order-manager`)).toContainText(
    '--data-binary @agent.yaml',
  )
  await checkAccessibility(page)
})
