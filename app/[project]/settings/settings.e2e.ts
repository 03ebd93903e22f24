import { sql } from 'drizzle-orm'
import { expect, test } from '@/lib/testing/e2e'

test('an owner invites, changes a role and removes', async ({ page, holdpoint, checkAccessibility }) => {
  await page.goto(`${holdpoint.url}/${holdpoint.project}/settings`)
  await expect(page).toHaveURL(/\/settings\/members$/)
  await checkAccessibility(page)
  await page.getByLabel('E-mail').fill('bo@example.com')
  await page.getByLabel('Name').fill('Bo')
  await page.getByRole('button', { name: 'Invite', exact: true }).click()
  await expect(page.getByText('bo@example.com is invited')).toBeVisible()
  await expect(page.getByText(/\/invite\/copy-/)).toBeVisible()
  const row = page.getByRole('row', { name: /bo@example.com/ })
  await expect(row).toContainText('Invited')

  await page.getByRole('button', { name: 'Change role of Bo' }).click()
  await page.getByRole('dialog').getByLabel('Role').selectOption('admin')
  await page.getByRole('button', { name: 'Make Bo admin' }).click()
  await expect(row).toContainText('admin')

  await page.getByRole('button', { name: 'Withdraw invitation of Bo' }).click()
  await checkAccessibility(page)
  await page.getByRole('dialog').getByRole('button', { name: 'Withdraw invitation of Bo' }).click()
  await expect(row).toHaveCount(0)
})

test('the last owner is told why they cannot go; a phone shows all of everybody', async ({
  page,
  holdpoint,
}) => {
  await page.goto(`${holdpoint.url}/${holdpoint.project}/settings/members`)
  const row = page.getByRole('row', { name: new RegExp(holdpoint.ownerEmail) })
  await expect(row).toContainText('The last owner')
  await expect(row).toContainText('never')
  await page.getByLabel('E-mail').fill('bo@example.com')
  await page.getByRole('button', { name: 'Invite', exact: true }).click()
  await expect(page.getByText('bo@example.com is invited')).toBeVisible()
  await expect(row).toContainText('just now')
  await expect(row.getByRole('button')).toHaveCount(0)

  const long = await holdpoint.test.member('admin')
  const { name } = { name: `Maximiliane ${'Abcdefghij'.repeat(6)}` }
  await holdpoint.database.db.execute(sql`update users set name = ${name} where id = ${long.actor.id}`)
  for (const width of [390, 320]) {
    await page.setViewportSize({ width, height: 800 })
    for (const place of ['members', 'keys', 'webhooks']) {
      await page.goto(`${holdpoint.url}/${holdpoint.project}/settings/${place}`)
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
      const cut = await page.locator('main').evaluate((main) =>
        [...main.querySelectorAll('*')]
          .filter((one) => {
            const { right, width: own } = one.getBoundingClientRect()
            return own > 1 && right > window.innerWidth && !one.closest('thead')
          })
          .map((one) => one.outerHTML.slice(0, 120)),
      )
      expect(cut, `cut at ${width} on ${place}`).toEqual([])
    }
  }
})

test('a key is shown once, works, and is refused after it was revoked', async ({
  page,
  holdpoint,
  checkAccessibility,
}) => {
  await page.goto(`${holdpoint.url}/${holdpoint.project}/settings/keys`)
  await page.getByRole('button', { name: 'New agent key' }).click()
  await page.getByRole('button', { name: 'Make agent key' }).click()
  await expect(page.getByLabel('Name')).toHaveAccessibleDescription(/A name is needed/)
  await page.getByLabel('Name').fill('Order agent')
  await expect(page.getByRole('checkbox', { name: 'run' })).toBeChecked()
  await expect(page.getByLabel('Expires')).toHaveValue('90')
  await expect(page.getByRole('checkbox', { name: 'deploy' })).toHaveAccessibleDescription(
    /may change its own policy/,
  )
  for (const scope of ['deploy', 'read'])
    await expect(page.getByRole('checkbox', { name: scope })).not.toBeChecked()
  await page.getByRole('button', { name: 'Make agent key' }).click()
  const token = await page.getByTestId('new-token').innerText()
  const ask = async () => (await holdpoint.call('GET', '/api/approvals', undefined, token)).status
  expect(await ask()).toBe(200)
  await page.getByRole('button', { name: 'I have copied it' }).click()
  await expect(page.getByText(token)).toHaveCount(0)
  const row = page.getByRole('row', { name: /Order agent/ })
  await expect(row).toContainText('run')
  await expect(row).toContainText(`by ${holdpoint.ownerEmail}`)
  await expect(row).not.toContainText('Can loosen its own gate')
  await checkAccessibility(page)
  await page.getByRole('button', { name: 'Revoke Order agent' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke Order agent' }).click()
  await expect(row).toContainText('Revoked')
  expect(await ask()).toBe(401)
})

test('a key that can loosen its own gate is a choice with a warning, and is marked', async ({
  page,
  holdpoint,
  checkAccessibility,
}) => {
  await page.goto(`${holdpoint.url}/${holdpoint.project}/settings/keys`)
  await page.getByRole('button', { name: 'New agent key' }).click()
  await page.getByLabel('Name').fill('Both')
  const warning = page.getByText(/can loosen the very policy that holds its calls/)
  await expect(warning).toHaveCount(0)
  await page.getByRole('checkbox', { name: 'deploy' }).check()
  await expect(warning).toBeVisible()
  await checkAccessibility(page)
  await page.getByRole('checkbox', { name: 'run' }).uncheck()
  await expect(warning).toHaveCount(0)
  await page.getByRole('checkbox', { name: 'run' }).check()
  await page.getByRole('button', { name: 'Make agent key' }).click()
  await page.getByRole('button', { name: 'I have copied it' }).click()
  const row = page.getByRole('row', { name: /Both/ })
  await expect(row).toContainText('Can loosen its own gate')
  await checkAccessibility(page)
})

test('a reviewer sees neither agent keys nor how to manage members, and makes their own token', async ({
  page,
  holdpoint,
}) => {
  const reviewer = await holdpoint.test.member('reviewer')
  await holdpoint.signIn(page, reviewer.actor.id)
  await page.goto(`${holdpoint.url}/${holdpoint.project}/settings/members`)
  await expect(page.getByRole('row', { name: new RegExp(reviewer.actor.email) })).toBeVisible()
  await expect(page.getByRole('button', { name: /Invite|Remove|Change role/ })).toHaveCount(0)
  await page.goto(`${holdpoint.url}/${holdpoint.project}/settings/keys`)
  await expect(page.getByRole('button', { name: 'New agent key' })).toHaveCount(0)
  await page.getByRole('button', { name: 'New personal token' }).click()
  await page.getByLabel('Name').fill('laptop')
  await page.getByRole('button', { name: 'Make personal token' }).click()
  const token = await page.getByTestId('new-token').innerText()
  expect((await holdpoint.call('GET', '/api/members', undefined, token)).status).toBe(200)
})

test('letting people decide on their own requests is warned of and kept', async ({
  page,
  holdpoint,
  checkAccessibility,
}) => {
  await page.goto(`${holdpoint.url}/${holdpoint.project}/settings/project`)
  await page.getByLabel('Days to keep runs').fill('many')
  await page.getByLabel('People may decide').check()
  await expect(page.getByText('nobody else needs to look')).toBeVisible()
  await checkAccessibility(page)
  await page.getByRole('button', { name: 'Save settings' }).click()
  await expect(page.getByLabel('Days to keep runs')).toHaveAccessibleDescription(/A whole number of days/)
  await page.getByLabel('Days to keep runs').fill('90')
  await page.getByLabel('Days to keep the audit log').fill('89')
  await page.getByRole('button', { name: 'Save settings' }).click()
  await expect(page.getByLabel('Days to keep the audit log')).toHaveAccessibleDescription(/at least 183 days/)
  await page.getByLabel('Days to keep the audit log').fill('365')
  await page.getByRole('button', { name: 'Save settings' }).click()
  await expect(page.getByText('settings are saved')).toBeVisible()
  await expect(page.getByText('entries older than 365 days are deleted')).toBeVisible()
  await checkAccessibility(page)
  const { body } = await holdpoint.call('GET', '/api/project', undefined, holdpoint.ownerToken)
  expect(body).toMatchObject({
    allow_own_request: true,
    retention_days: 90,
    audit_retention_days: null,
    audit_retention_pending: { days: 365 },
  })
})

test('only people deploy, once a project says so', async ({ page, holdpoint, checkAccessibility }) => {
  const deploy = async () => {
    const answer = await fetch(`${holdpoint.url}/api/agents/tester`, {
      method: 'PUT',
      headers: { Authorization: `Bearer ${holdpoint.agentKey}`, 'Content-Type': 'application/yaml' },
      body: 'approval:\n  tools: [gated, more]\n',
    })
    return [answer.status, ((await answer.json()) as { code?: string }).code]
  }
  await page.goto(`${holdpoint.url}/${holdpoint.project}/settings/project`)
  const choice = page.getByLabel('Only people deploy policies')
  await expect(choice).not.toBeChecked()
  await choice.check()
  await checkAccessibility(page)
  await page.getByRole('button', { name: 'Save settings' }).click()
  await expect(page.getByText('settings are saved')).toBeVisible()
  expect(await deploy()).toEqual([403, 'deploys_by_people'])

  const viewer = await holdpoint.test.member('viewer')
  await holdpoint.signIn(page, viewer.actor.id)
  await page.goto(`${holdpoint.url}/${holdpoint.project}/settings/project`)
  await expect(page.getByText('people only')).toBeVisible()
})

test('who was removed finds nothing on the next press', async ({ page, holdpoint }) => {
  const admin = await holdpoint.test.member('admin')
  await holdpoint.signIn(page, admin.actor.id)
  await page.goto(`${holdpoint.url}/${holdpoint.project}/settings/project`)
  await page.getByLabel('Name').fill('Taken over')
  await holdpoint.call('DELETE', `/api/members/${admin.actor.id}`, undefined, holdpoint.ownerToken)
  await page.getByRole('button', { name: 'Save settings' }).click()
  await expect(page.getByRole('alert').filter({ hasText: /\S/ })).toBeVisible()
  const { body } = await holdpoint.call('GET', '/api/project', undefined, holdpoint.ownerToken)
  expect(body.name).not.toBe('Taken over')
})
