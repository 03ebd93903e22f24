import { expect, test } from '@/lib/testing/e2e'

test('the keyboard alone makes a project from another and lands in its first steps', async ({
  page,
  holdpoint,
  checkLooks,
}) => {
  await page.goto(`${holdpoint.url}/${holdpoint.project}/runs`)
  const switcher = page.getByRole('button', { name: /switch project/ })
  await switcher.focus()
  await page.keyboard.press('Enter')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  await expect(page.getByRole('link', { name: 'New project…' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'New project', level: 1 })).toBeVisible()
  await expect(switcher).toHaveAttribute('aria-expanded', 'false')

  const [name, address] = [page.getByLabel('Name'), page.getByLabel('Address')]
  await page.getByRole('button', { name: 'Make the project' }).click()
  await expect(name).toHaveAccessibleDescription(/A name is needed/)
  await name.fill('API')
  await expect(address).toHaveValue('api')
  await page.keyboard.press('Enter')
  await expect(address).toHaveAccessibleDescription(/pages of its own there/)
  await address.fill(holdpoint.project)
  await page.keyboard.press('Enter')
  await expect(address).toHaveAccessibleDescription(/This address is taken/)
  await address.fill('Order desk')
  await page.keyboard.press('Enter')
  await expect(address).toHaveAccessibleDescription(/Small letters, digits and hyphens/)
  await checkLooks(page)

  const slug = `orders-${holdpoint.project.slice(-8)}`
  await address.fill(slug)
  await expect(address).toHaveAccessibleDescription(new RegExp(`at /${slug},`))
  await name.fill('Order desk')
  await expect(address).toHaveValue(slug)
  await name.press('Enter')
  await expect(page).toHaveURL(`${holdpoint.url}/${slug}/approvals`)
  await expect(page.getByRole('region', { name: 'First steps' })).toContainText('0 of 6 done')

  // both are there from now on
  await switcher.click()
  await expect(page.getByRole('link', { name: 'Order desk' })).toHaveAttribute('aria-current', 'true')
  await checkLooks(page)
  await page.goto(`${holdpoint.url}/${slug}/audit`)
  const made = page.getByRole('listitem', { name: 'project.created' })
  await expect(made).toContainText(holdpoint.ownerEmail)
})

test('whoever runs no project is led to no form, and is told who makes them', async ({ page, holdpoint }) => {
  await holdpoint.signIn(page, (await holdpoint.test.member('reviewer')).actor.id)
  await page.goto(`${holdpoint.url}/${holdpoint.project}/runs`)
  await expect(page.getByRole('heading', { name: 'Runs', level: 1 })).toBeVisible()
  await expect(page.getByRole('button', { name: /switch project/ })).toHaveCount(0)
  await page.goto(`${holdpoint.url}/${holdpoint.project}/new-project`)
  await expect(page.getByText('Owners and admins make projects')).toBeVisible()
  await expect(page.getByLabel('Name')).toHaveCount(0)
})
