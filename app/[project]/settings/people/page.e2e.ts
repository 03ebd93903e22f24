import { expect, test } from '@/lib/testing/e2e'

test('an admin makes a group, says who is in it, and may not delete it while a policy names it', async ({
  page,
  holdpoint,
  checkLooks,
}) => {
  const { actor } = await holdpoint.test.member('reviewer')
  await page.goto(`${holdpoint.url}/${holdpoint.project}/settings/people`)
  await expect(page.getByText('No groups yet')).toBeVisible()
  await checkLooks(page)
  const make = page.getByRole('button', { name: 'New group' })
  await make.click()
  const dialog = page.getByRole('dialog', { name: 'New group' })
  await expect(dialog).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  await expect(make).toBeFocused()
  await make.click()
  await dialog.getByLabel('Name').fill('Finance & Tax')
  await expect(dialog.getByLabel('In policies')).toHaveValue('finance-tax')
  await checkLooks(page)
  await dialog.getByLabel('In policies').fill('No slug')
  await dialog.getByRole('button', { name: 'Make group' }).click()
  await expect(dialog.getByLabel('In policies')).toHaveAccessibleDescription(/lower case letters/)
  await dialog.getByLabel('In policies').fill('finance')
  await page.route('**/settings/people*', (route) =>
    route.request().method() === 'POST' ? route.abort() : route.continue(),
  )
  await dialog.getByRole('button', { name: 'Make group' }).click()
  await expect(dialog.getByRole('alert')).toContainText('may or may not have been done')
  await expect(dialog.getByLabel('Name')).toHaveValue('Finance & Tax')
  await page.unrouteAll({ behavior: 'wait' })
  await dialog.getByRole('button', { name: 'Make group' }).click()

  const group = page.getByRole('list', { name: 'Groups' }).getByRole('listitem', { name: 'Finance & Tax' })
  await expect(group).toContainText('Nobody is in it')
  await group.getByLabel('Take into Finance & Tax').selectOption({ label: actor.email })
  await group.getByRole('button', { name: 'Take the chosen member' }).click()
  await expect(group.getByRole('list', { name: 'Members of Finance & Tax' })).toContainText(actor.email)
  await checkLooks(page)

  const deployed = await fetch(`${holdpoint.url}/api/agents/payer`, {
    method: 'PUT',
    headers: { Authorization: `Bearer ${holdpoint.agentKey}`, 'Content-Type': 'application/yaml' },
    body: 'approval:\n  tools:\n    - pay:\n        reviewers: finance\n',
  })
  expect(deployed.status).toBeLessThan(300)
  await page.getByRole('button', { name: 'Delete Finance & Tax' }).click()
  const sure = page.getByRole('dialog')
  await sure.getByRole('button', { name: 'Delete Finance & Tax' }).click()
  await expect(sure.getByRole('alert')).toContainText('payer')
  await checkLooks(page)
  await sure.getByRole('button', { name: 'Cancel' }).click()

  await page.getByRole('button', { name: 'Rename Finance & Tax' }).click()
  await page.getByRole('dialog').getByLabel('Name').fill('Finance')
  await page.getByRole('dialog').getByRole('button', { name: 'Rename the group' }).click()
  const renamed = page.getByRole('list', { name: 'Groups' }).getByRole('listitem', { name: 'Finance' })
  await renamed.getByRole('button', { name: `Take ${actor.email} out of Finance` }).click()
  await expect(renamed).toContainText('Nobody is in it')
})

test('whoever is away says until when and who decides in their place', async ({
  page,
  holdpoint,
  checkLooks,
}) => {
  const ben = await holdpoint.test.member('reviewer')
  const eva = await holdpoint.test.member('reviewer')
  await holdpoint.signIn(page, ben.actor.id)
  await page.goto(`${holdpoint.url}/${holdpoint.project}/settings/people`)
  await expect(page.getByRole('button', { name: 'New group' })).toHaveCount(0)
  await expect(page.getByText('Nobody is away.')).toBeVisible()
  await page.getByRole('button', { name: 'Save absence' }).click()
  await expect(page.getByLabel('Away from')).toHaveAccessibleDescription('Say the first day.')
  await checkLooks(page)
  await page.getByLabel('Away from').fill('2031-02-03')
  await page.getByLabel('to', { exact: true }).fill('2031-02-01')
  await page.getByRole('button', { name: 'Save absence' }).click()
  await expect(page.getByLabel('to', { exact: true })).toHaveAccessibleDescription(/ends after it begins/)
  await page.getByLabel('to', { exact: true }).fill('2031-02-07')
  await page.getByLabel('in my place').selectOption({ label: eva.actor.email })
  await page.route('**/settings/people*', (route) =>
    route.request().method() === 'POST' ? route.abort() : route.continue(),
  )
  await page.getByRole('button', { name: 'Save absence' }).click()
  await expect(page.getByText('may or may not have been done')).toBeVisible()
  await expect(page.getByLabel('Away from')).toHaveValue('2031-02-03')
  await page.unrouteAll({ behavior: 'wait' })
  await page.getByRole('button', { name: 'Save absence' }).click()
  const line = page.getByRole('list', { name: 'Absences' }).getByRole('listitem')
  await expect(line).toContainText(`in their place ${eva.actor.email}`)
  await checkLooks(page)
  await line.getByRole('button', { name: 'I am back' }).click()
  await expect(page.getByText('Nobody is away.')).toBeVisible()
})
