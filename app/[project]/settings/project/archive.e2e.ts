import { expect, test } from '@/lib/testing/e2e'

test('an owner archives by the keyboard, everybody sees it, and it is opened again', async ({
  page,
  holdpoint,
  checkAccessibility,
  checkLooks,
}) => {
  const { url, project } = holdpoint
  const asked = await holdpoint.ask()
  const admin = await holdpoint.test.member('admin')
  const settings = `${url}/${project}/settings/project`
  const other = await page.context().browser()?.newPage({ baseURL: url })
  if (!other) throw new Error('There is no browser.')
  await holdpoint.signIn(other, admin.actor.id)
  await other.goto(`${url}/${project}/approvals/${asked.id}`)
  await expect(other.getByRole('button', { name: /^Approve/ })).toBeVisible()
  await page.goto(settings)
  const button = page.getByRole('button', { name: 'Archive the project…' })
  await button.focus()
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Archive the project?' })
  const confirm = dialog.getByLabel(`Write ${project} to confirm`)
  await checkLooks(page)
  await confirm.fill('another')
  await page.keyboard.press('Enter')
  await expect(confirm).toHaveAccessibleDescription(/Write the project’s address/)
  await checkAccessibility(page)
  await page.keyboard.press('Escape')
  await expect(dialog).toHaveCount(0)
  await expect(button).toBeFocused()
  await page.keyboard.press('Enter')
  await confirm.fill(project)
  await page.keyboard.press('Enter')

  const banner = page.getByRole('region', { name: 'Archived', exact: true })
  await expect(banner).toContainText('This project is archived')
  await expect(banner).toContainText(holdpoint.ownerEmail)
  await expect(page.getByRole('button', { name: 'Pause the project' })).toHaveCount(0)
  await checkLooks(page)
  const ask = { agent: 'tester', tool: 'any', params: {} }
  expect((await holdpoint.call('POST', '/api/approvals', ask)).body).toMatchObject({
    code: 'project_archived',
  })
  expect((await holdpoint.call('GET', `/api/approvals/${asked.id}`)).body).toMatchObject({
    status: 'cancelled',
    next: { action: 'stop' },
  })

  // an open page of another person comes to know of it by itself, and does not blame the agent
  await expect(other.getByRole('region', { name: 'Archived', exact: true })).toBeVisible({ timeout: 15_000 })
  await expect(other.getByText(/^The project was archived, so nobody decides/)).toBeVisible()

  // nothing is offered that it refuses
  await page.goto(`${url}/${project}/settings/keys`)
  await expect(page.getByRole('heading', { name: 'Agent keys' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'New agent key' })).toHaveCount(0)
  await page.goto(`${url}/${project}/agents/tester`)
  await expect(page.getByRole('heading', { name: 'tester', exact: true })).toBeVisible()
  await expect(page.getByRole('button', { name: /Edit and deploy|Pause/ })).toHaveCount(0)
  await page.goto(`${url}/${project}/agents/new`)
  await expect(page.getByText('This project is archived: no agent can be deployed in it.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Deploy' })).toHaveCount(0)
  await page.goto(`${url}/${project}/approvals`)
  await expect(page.getByText('Nothing waits here')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Copy command' })).toHaveCount(0)

  // in the list of projects it is folded away, but for who is in it
  await page.getByRole('button', { name: /switch project/ }).click()
  const fold = page.getByText('Archived (1)')
  await expect(fold).toBeVisible()
  await expect(page.getByRole('link', { name: holdpoint.test.project.name })).toBeVisible()
  await fold.click()
  await expect(page.getByRole('link', { name: holdpoint.test.project.name })).toHaveCount(0)
  await checkAccessibility(page)

  // whoever does not own it reads on, and finds nothing to press
  await other.goto(settings)
  await expect(other.getByRole('region', { name: 'Archived', exact: true })).toBeVisible()
  await expect(other.getByRole('button', { name: /Archive the project|Open the project again/ })).toHaveCount(
    0,
  )
  await other.goto(`${url}/${project}/audit`)
  await expect(other.getByRole('listitem', { name: 'project.archived' })).toContainText(
    'archived the project',
  )
  await other.close()

  await page.goto(settings)
  await page.getByRole('button', { name: 'Open the project again' }).click()
  await expect(banner).toHaveCount(0)
  await expect(button).toBeVisible()
  expect((await holdpoint.call('POST', '/api/approvals', ask)).status).toBe(201)
})
