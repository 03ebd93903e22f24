import { createProject } from '@/lib/members/create-project'
import { addMember } from '@/lib/members/add'
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

test('of many projects, also of one name or a long one, each is told by its address, and a new one is in sight', async ({
  page,
  holdpoint,
  checkLooks,
}) => {
  const { db } = holdpoint.database
  const { system } = holdpoint.test
  const name = `Refunds and payouts of the northern shops, ${'whichever they are, '.repeat(3)}`.slice(0, 82)
  const slugs: string[] = []
  for (let at = 0; at < 9; at++) {
    const project = await createProject(db, { name: at < 2 ? name : 'Order desk' }, system.actor)
    await addMember({ ...system, project }, { email: holdpoint.ownerEmail, role: 'owner' })
    slugs.push(project.slug)
  }
  await page.goto(`${holdpoint.url}/${slugs[0]}/runs`)
  await expect(page.getByRole('heading', { name: 'Runs', level: 1 })).toBeVisible()
  await checkLooks(page)
  await page.setViewportSize({ width: 390, height: 844 })
  const switcher = page.getByRole('button', { name: /switch project/ })
  for (const button of [switcher, page.getByRole('button', { name: /^Notices/ })])
    await expect(button).toBeInViewport({ ratio: 1 })
  await switcher.click()
  const links = page.getByRole('listitem').filter({ has: page.getByRole('link', { name: 'Order desk' }) })
  await expect(links).toHaveCount(7)
  expect(new Set(await links.allInnerTexts()).size).toBe(7)
  // two of one long name differ at their ends
  const address = page.getByRole('link', { name: slugs[1]! }).getByText(slugs[1]!, { exact: true })
  await expect(address).toBeVisible()
  expect(await address.evaluate((one) => one.scrollWidth - one.clientWidth)).toBeLessThanOrEqual(0)
  const fresh = page.getByRole('link', { name: 'New project…' })
  await expect(fresh).toBeInViewport({ ratio: 1 })
  await links.last().scrollIntoViewIfNeeded()
  await expect(links.last()).toBeInViewport()
  await expect(fresh).toBeInViewport({ ratio: 1 })
  await checkLooks(page)
  await page.screenshot({ path: 'test-results/switcher-390.png' })
})
