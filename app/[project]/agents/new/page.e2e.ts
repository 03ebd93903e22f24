import { expect, test } from '@/lib/testing/e2e'
import { pasteOver } from '@/lib/testing/paste-over'

test('a first file makes an agent', async ({ page, holdpoint, checkAccessibility }) => {
  await page.goto(`${holdpoint.url}/${holdpoint.project}/agents`)
  await page.getByRole('link', { name: 'Deploy an agent' }).click()
  const name = page.getByLabel('Name', { exact: true })
  await name.fill('Order Manager')
  await pasteOver(page.getByLabel('Agent file'), 'approval:\n  tool: []\n')
  await page.getByRole('button', { name: 'Review Order Manager' }).click()
  await expect(name).toHaveAccessibleDescription(/An agent name is 1 to 64 lower case letters/)
  await expect(page.getByText('`approval` has no `tools`')).toBeVisible()
  await checkAccessibility(page)

  await pasteOver(page.getByLabel('Agent file'), 'approval:\n  tools: [a, b]\n')
  await name.fill('tester')
  await page.getByRole('button', { name: 'Review tester' }).click()
  await page.getByRole('button', { name: 'Deploy tester' }).click()
  await expect(name).toHaveAccessibleDescription(/There is an agent tester already/)

  await name.fill('order-manager')
  await page.getByRole('button', { name: 'Review order-manager' }).click()
  await page.getByRole('button', { name: 'Deploy order-manager' }).click()
  await expect(page).toHaveURL(new RegExp(`/${holdpoint.project}/agents/order-manager$`))
  await expect(page.getByRole('list', { name: 'Entries of the policy' }).getByRole('listitem')).toHaveCount(2)
})

test('an agent called new has its page', async ({ page, holdpoint }) => {
  const { status } = await fetch(`${holdpoint.url}/api/agents/new`, {
    method: 'PUT',
    headers: { Authorization: `Bearer ${holdpoint.agentKey}`, 'Content-Type': 'application/yaml' },
    body: 'approval:\n  tools: []\n',
  })
  expect(status).toBe(201)
  await page.goto(`${holdpoint.url}/${holdpoint.project}/agents`)
  await page.getByRole('link', { name: 'new', exact: true }).click()
  await expect(page.getByText('This file gates nothing', { exact: true })).toBeVisible()
  await page.goto(`${holdpoint.url}/${holdpoint.project}/agents`)
  await page.getByRole('link', { name: 'Deploy an agent' }).click()
  await expect(page.getByLabel('Name', { exact: true })).toBeVisible()
})

test('a viewer is told what deploying needs', async ({ page, holdpoint }) => {
  const viewer = await holdpoint.test.member('viewer')
  await holdpoint.signIn(page, viewer.actor.id)
  await page.goto(`${holdpoint.url}/${holdpoint.project}/agents/new`)
  await expect(page.getByText('Deploying needs the role admin')).toBeVisible()
  await expect(page.getByLabel('Agent file')).toHaveCount(0)
})
