import { deployAgent } from '@/lib/agents/deploy'
import { expect, test } from '@/lib/testing/e2e'

test('an agent is paused by a press and a reason, every page says so, and an admin lets it go on', async ({
  page,
  holdpoint,
  checkLooks,
}) => {
  const { url, project } = holdpoint
  const agent = `${url}/${project}/agents/tester`
  const waiting = await holdpoint.ask()
  const pausedNow = async () => (await holdpoint.call('GET', '/api/agents/tester')).body.paused
  await page.goto(agent)
  const open = page.getByRole('button', { name: 'Pause tester' })
  await open.click()
  const dialog = page.getByRole('dialog', { name: 'Pause tester?' })
  await expect(dialog).toBeFocused()
  await expect(dialog).toContainText('Calls that were released before run on')
  await checkLooks(page)
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  await expect(open).toBeFocused()
  expect(await pausedNow()).toBeNull()

  await page.keyboard.press('Enter')
  const confirm = dialog.getByRole('button', { name: 'Pause tester' })
  await confirm.click()
  await expect(dialog.getByLabel('Why')).toHaveAccessibleDescription(/Say why/)
  await checkLooks(page)
  await dialog.getByLabel('Why').fill('It sends <b>nonsense</b>.')
  const lost = /\/agents\/tester/
  await page.route(lost, (route) => (route.request().method() === 'POST' ? route.abort() : route.continue()))
  await confirm.click()
  await expect(dialog.getByRole('alert')).toContainText('may or may not have been done')
  await expect(dialog.getByLabel('Why')).toHaveValue('It sends <b>nonsense</b>.')
  expect(await pausedNow()).toBeNull()
  await page.unrouteAll({ behavior: 'wait' })
  await confirm.click()
  await expect(dialog).toBeHidden()

  const banner = page.getByRole('region', { name: 'Paused' })
  await expect(banner).toContainText('tester is paused')
  await expect(banner).toContainText('It sends <b>nonsense</b>.')
  await expect(open).toBeHidden()
  const ask = { agent: 'tester', tool: 'pay', params: {} }
  expect((await holdpoint.call('POST', '/api/approvals', ask)).body).toMatchObject({ code: 'agent_paused' })
  await page.goto(`${url}/${project}/approvals/${waiting.id}`)
  await expect(banner).toContainText('tester is paused')
  const bar = page.getByRole('region', { name: 'Decision' })
  await expect(bar).toContainText('Cannot be approved while tester is paused.')
  await expect(bar.getByRole('button', { name: /^Approve/ })).toBeDisabled()
  await expect(bar.getByRole('button', { name: /^Reject/ })).toBeEnabled()
  await checkLooks(page)

  const goOn = banner.getByRole('button', { name: 'Let it go on tester' })
  await expect(goOn).toBeVisible()
  const [reviewer, admin] = [await holdpoint.test.member('reviewer'), await holdpoint.test.member('admin')]
  await holdpoint.signIn(page, reviewer.actor.id)
  await page.reload()
  await expect(banner).toContainText('tester is paused')
  await expect(goOn).toBeHidden()

  await holdpoint.signIn(page, admin.actor.id)
  await page.reload()
  await goOn.click()
  const resume = page.getByRole('dialog', { name: 'Let tester go on?' })
  await expect(resume).toContainText('what expired stays expired')
  await checkLooks(page)
  await resume.getByLabel('Why').fill('It was mended.')
  await resume.getByRole('button', { name: 'Let tester go on' }).click()
  await expect(resume).toBeHidden()
  await expect(banner).toBeHidden()
  expect(await pausedNow()).toBeNull()
})

test('all of a project is paused in its settings', async ({ page, holdpoint, checkLooks }) => {
  await page.goto(`${holdpoint.url}/${holdpoint.project}/settings/project`)
  await page.getByRole('button', { name: 'Pause the project' }).click()
  const dialog = page.getByRole('dialog', { name: 'Pause the project?' })
  await expect(dialog).toContainText('nothing of any agent is released')
  await checkLooks(page)
  await dialog.getByLabel('Why').fill('We look into a leak.')
  await dialog.getByRole('button', { name: 'Pause the project' }).click()
  await expect(dialog).toBeHidden()
  await expect(page.getByRole('region', { name: 'Paused' })).toContainText(
    'Everything in this project is paused',
  )
  const ask = { agent: 'tester', tool: 'pay', params: {} }
  expect((await holdpoint.call('POST', '/api/approvals', ask)).body).toMatchObject({ code: 'agent_paused' })
})

test('of several that are approved at once those of a paused agent are left out, and say why', async ({
  page,
  holdpoint,
  checkLooks,
}) => {
  const config = 'approval:\n  tools:\n    - pay\n'
  for (const name of ['order-manager', 'late-payer'])
    await deployAgent(holdpoint.test.agent, { name, config })
  const pause = (agent: string) =>
    holdpoint.call('POST', `/api/agents/${agent}/pause`, { reason: 'It errs.' }, holdpoint.ownerToken)
  for (const [agent, order] of [
    ['order-manager', 'P-1'],
    ['late-payer', 'P-2'],
    ['tester', 'P-3'],
  ])
    await holdpoint.ask({ agent: agent!, tool: 'pay', params: { order } })
  await pause('order-manager')
  await page.goto(`${holdpoint.url}/${holdpoint.project}/approvals`)
  const queue = page.getByRole('region', { name: 'Pending approvals' })
  await queue.getByLabel('Select all that are loaded').check()
  await queue.getByRole('button', { name: 'Reject 3 selected' }).click()
  await expect(page.getByRole('button', { name: 'Confirm reject 3 requests' })).toBeEnabled()
  await page.keyboard.press('Escape')
  await queue.getByRole('button', { name: 'Approve 3 selected' }).click()
  const dialog = page.getByRole('dialog', { name: 'Approve 2 requests?' })
  const paused = dialog.getByRole('row').filter({ hasText: 'P-1' })
  await expect(paused).toContainText('order-manager is paused')
  await expect(paused.getByRole('checkbox')).toBeDisabled()
  await expect(paused.getByRole('checkbox')).not.toBeChecked()
  await expect(dialog.getByText('1 left out')).toBeVisible()
  await page.screenshot({ path: 'test-results/bulk-paused.png' })
  await checkLooks(page)
  // the title says what is ticked
  const other = dialog.getByRole('row').filter({ hasText: 'P-3' }).getByRole('checkbox')
  await other.uncheck()
  await expect(page.getByRole('dialog', { name: 'Approve 1 request?' })).toContainText('2 left out')
  await page.getByRole('row').filter({ hasText: 'P-3' }).getByRole('checkbox').check()

  // a pause that comes while it is sent is told in what became of each
  await page.route('**/approvals*', async (route) => {
    if (route.request().method() === 'POST') await pause('late-payer')
    await route.continue()
  })
  await dialog.getByRole('button', { name: 'Confirm approve 2 requests' }).click()
  const result = page.getByRole('dialog', { name: 'What became of 2 requests' })
  const late = result.getByRole('row').filter({ hasText: 'P-2' })
  await expect(late).toContainText('Not recorded: This agent is paused')
  await expect(result.getByText('Waiting for a decision')).toHaveCount(0)
})
