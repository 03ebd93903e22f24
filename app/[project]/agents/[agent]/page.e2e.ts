import type { Page } from '@playwright/test'
import { expect, test } from '@/lib/testing/e2e'
import { pasteOver } from '@/lib/testing/paste-over'

// the fixture has deployed two versions of the agent "tester"
const policy = `approval:
  tools:
    - order_tools.cancel_order
    - order_tools.process_refund: param.amount > 1000
  timeout: 5400
`

async function writeFile(page: Page, text: string) {
  await page.getByRole('button', { name: 'Edit and deploy' }).click()
  await pasteOver(page.getByLabel('Agent file'), text)
}

async function expectFile(page: Page, text: string) {
  await expect(page.getByLabel('Agent file')).toHaveText(text, { useInnerText: true })
}

async function tryCall(page: Page, tool: string, params: string) {
  const form = page.getByRole('form', { name: 'Try a call' })
  await form.getByLabel('Tool', { exact: true }).fill(tool)
  await form.getByLabel('Params').fill(params)
  await form.getByRole('button', { name: 'Try the call' }).click()
  return form
}

/** Looks at what is to be in force, and puts it there. */
async function deploy(page: Page) {
  await page.getByRole('button', { name: 'Review tester' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Deploy tester' }).click()
}

test('mistakes stand at their lines as they are written, and the mended file is looked at before it is in force', async ({
  page,
  holdpoint,
  checkAccessibility,
}) => {
  await page.goto(`${holdpoint.url}/${holdpoint.project}/agents/tester`)
  await writeFile(page, `${policy.replace('amount > 1000', 'amount >')}  bogus: 1\n`)
  await expect(page.getByText('This would be refused', { exact: true })).toBeVisible()
  await expect(page.getByText(/`bogus`/)).toBeVisible()
  await expect(page.getByLabel('Agent file')).toHaveAttribute('aria-invalid', 'true')
  await checkAccessibility(page)
  await page.getByRole('button', { name: 'Review tester' }).click()
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await page.getByRole('button', { name: /^Line 4, column \d+$/ }).click()
  await expect(page.getByLabel('Agent file')).toBeFocused()

  await pasteOver(page.getByLabel('Agent file'), policy)
  await expect(page.getByText('This would be refused')).toHaveCount(0)
  await page.getByRole('button', { name: 'Review tester' }).click()
  const review = page.getByRole('dialog', { name: 'Deploy a new version of tester?' })
  await expect(review.getByRole('region', { name: 'Changes', exact: true })).toContainText(
    'added: - order_tools.cancel_order',
  )
  await expect(review.getByRole('region', { name: 'As understood' })).toContainText('up to 1 h 30 min')
  await checkAccessibility(page)
  await review.getByRole('button', { name: 'Deploy tester' }).click()
  await expect(page.getByText('Version 3 of tester is in force.')).toBeVisible()
  const entry = page.getByRole('list', { name: 'Entries of the policy' }).getByRole('listitem').nth(1)
  await expect(entry).toContainText('param.amount > 1000')
  await expect(entry).toContainText('up to 1 h 30 min')

  const { status, body } = await holdpoint.call('GET', '/api/agents/tester')
  expect([status, body.version, body.config]).toEqual([200, 3, policy])
  expect(body.deployed_by).toMatchObject({ type: 'user', label: holdpoint.ownerEmail })

  await page.getByRole('link', { name: /^Version 2/ }).click()
  await page.getByRole('button', { name: 'Roll back to version 2' }).click()
  const back = page.getByRole('dialog', { name: 'Roll back to version 2 of tester?' })
  await expect(back.getByRole('region', { name: 'Changes', exact: true })).toContainText(
    'removed: - order_tools.cancel_order',
  )
  await back.getByRole('button', { name: 'Roll back to version 2' }).click()
  await expect(page.getByText('Version 4 of tester is in force, with the text of version 2.')).toBeVisible()
  await expect(page).toHaveURL(/agents\/tester$/)
})

test('a draft outlives leaving, which asks, and reloading', async ({
  page,
  holdpoint,
  checkAccessibility,
}) => {
  await page.goto(`${holdpoint.url}/${holdpoint.project}/agents/tester`)
  await writeFile(page, policy)
  await page.getByRole('link', { name: 'Runs', exact: true }).first().click()
  const asks = page.getByRole('dialog', { name: 'Leave this page?' })
  await expect(asks).toBeVisible()
  await checkAccessibility(page)
  await asks.getByRole('button', { name: 'Stay' }).click()
  await expectFile(page, policy)
  await page.getByRole('link', { name: 'Runs', exact: true }).first().click()
  await asks.getByRole('button', { name: 'Leave, keep the draft' }).click()
  await expect(page).toHaveURL(/\/runs/)
  await page.goBack()
  await expect(page.getByText('This is the draft that you left here')).toBeVisible()
  await expectFile(page, policy)
  page.on('dialog', (dialog) => void dialog.accept())
  await page.reload()
  await expectFile(page, policy)
  await page.getByRole('button', { name: 'Cancel' }).click()
  await page.getByRole('button', { name: 'Discard the draft' }).click()
  await expect(page.getByRole('button', { name: 'Edit and deploy' })).toBeFocused()
  await page.reload()
  await expect(page.getByRole('button', { name: 'Edit and deploy' })).toBeVisible()
  await expect(page.getByLabel('Agent file')).toHaveCount(0)
})

test('a file with warnings is accepted and says where they stand', async ({
  page,
  holdpoint,
  checkAccessibility,
}) => {
  await page.goto(`${holdpoint.url}/${holdpoint.project}/agents/tester`)
  await writeFile(page, policy.replace('timeout', 'timout'))
  await deploy(page)
  const warnings = page.getByRole('region', { name: 'Warnings' })
  await expect(warnings).toContainText('Line 5, column 3')
  await expect(warnings).toContainText('did you mean `timeout`?')
  await checkAccessibility(page)
})

test('who comes second learns of it, and nothing is deployed over the other unseen', async ({
  page,
  holdpoint,
}) => {
  await page.goto(`${holdpoint.url}/${holdpoint.project}/agents/tester`)
  await writeFile(page, policy)
  const other = await fetch(`${holdpoint.url}/api/agents/tester`, {
    method: 'PUT',
    headers: { Authorization: `Bearer ${holdpoint.agentKey}`, 'Content-Type': 'application/yaml' },
    body: policy.replace('5400', '60'),
  })
  expect(other.status).toBe(200)
  await deploy(page)
  await expect(page.getByText(/^Version 3 of tester, deployed by .*, is in force/)).toBeVisible()
  await expectFile(page, policy)
  await expect(page.getByRole('list', { name: 'Versions' }).getByRole('listitem')).toHaveCount(3)
  await deploy(page)
  await expect(page.getByText('Version 4 of tester is in force.')).toBeVisible()
})

test('a key that loosens a policy is told of in the bell, on the page and in the audit log', async ({
  page,
  holdpoint,
  checkAccessibility,
}) => {
  const loosened = await fetch(`${holdpoint.url}/api/agents/tester`, {
    method: 'PUT',
    headers: { Authorization: `Bearer ${holdpoint.agentKey}`, 'Content-Type': 'application/yaml' },
    body: 'approval:\n  tools:\n    - nothing_else\n',
  })
  expect(loosened.status).toBe(200)
  await page.goto(`${holdpoint.url}/${holdpoint.project}/audit?action=agent.deployed`)
  const entries = page.getByRole('list', { name: 'Audit entries' }).getByRole('listitem')
  await expect(entries.first()).toContainText('Loosens the policy')
  await page.getByRole('button', { name: /^Notices/ }).click()
  await page.getByRole('link', { name: /Gate changed by a key/ }).click()
  await expect(page).toHaveURL(/agents\/tester\?version=3$/)
  const warnings = page.getByRole('region', { name: 'Warnings' })
  await expect(warnings).toContainText('This demands less than version 2 did')
  await expect(warnings).not.toContainText('Line 1')
  await checkAccessibility(page)
})

test('a call can be tried: it runs, it is held, it cannot be told', async ({
  page,
  holdpoint,
  checkAccessibility,
}) => {
  await page.goto(`${holdpoint.url}/${holdpoint.project}/agents/tester`)
  await writeFile(page, policy)
  // the text being edited judges until it is deployed
  const form = await tryCall(page, 'order_tools.process_refund', '{"amount": 129}')
  await expect(form).toContainText('Runs without approval')
  await expect(form).toContainText('param.amount > 1000 of order_tools.process_refund is false.')
  await deploy(page)
  await expect(page.getByText('Version 3 of tester is in force.')).toBeVisible()

  await tryCall(page, 'order_tools.process_refund', '{"amount": 2400}')
  await expect(form).toContainText('Held for approval')
  await expect(form).toContainText('the condition is true')
  await tryCall(page, 'order_tools.process_refund', '{"amount": "2400"}')
  await expect(form).toContainText('could not be evaluated')
  await tryCall(page, 'order_tools.cancel_order', '')
  await expect(form).toContainText('always holds, without a condition')
  await tryCall(page, 'order_tools.lookup_order', '{}')
  await expect(form).toContainText('No entry names order_tools.lookup_order.')
  await checkAccessibility(page)

  const { body } = await holdpoint.call('GET', '/api/approvals')
  expect(body.items).toEqual([])
})

test('what is wrong with a tried call stands at its field', async ({ page, holdpoint }) => {
  await page.goto(`${holdpoint.url}/${holdpoint.project}/agents/tester`)
  const form = await tryCall(page, 'order_tools.process_refund', '{\n  "amount": 1,\n  "amount": 2\n}')
  await expect(form.getByLabel('Params')).toHaveAccessibleDescription(
    /Line 3, column 3: The same key stands twice/,
  )
  await tryCall(page, 'order tools', '{}')
  await expect(form.getByLabel('Tool', { exact: true })).toHaveAccessibleDescription(/A tool name is/)
})

test('every version can be looked at, with what it changed', async ({ page, holdpoint }) => {
  await page.goto(`${holdpoint.url}/${holdpoint.project}/agents/tester`)
  await writeFile(page, policy)
  await deploy(page)
  await expect(page.getByText('Version 3 of tester is in force.')).toBeVisible()
  await page.getByRole('button', { name: 'Changes since version 2' }).click()
  await expect(page.getByRole('region', { name: /^Changes around/ }).first()).toContainText(
    'added: - order_tools.cancel_order',
  )

  await page.getByRole('link', { name: /^Version 2/ }).click()
  await expect(page).toHaveURL(/\?version=2$/)
  await expect(page.getByText('Calls are judged by version 3.')).toBeVisible()
  const form = await tryCall(page, 'anything', '{}')
  await expect(form).toContainText('Held for approval')
  await page.getByRole('link', { name: 'Show the version in force' }).click()
  await expect(form).toContainText('version 3, in force')
  await tryCall(page, 'anything', '{}')
  await expect(form).toContainText('No entry names anything.')
})

test('a viewer tries calls and deploys nothing', async ({ page, holdpoint, checkAccessibility }) => {
  const viewer = await holdpoint.test.member('viewer')
  await holdpoint.signIn(page, viewer.actor.id)
  await page.goto(`${holdpoint.url}/${holdpoint.project}/agents/tester`)
  const form = await tryCall(page, 'soft_delete', '{"id": 7}')
  await expect(form).toContainText('the agent is told and goes on')
  await expect(page.getByRole('button', { name: 'Edit and deploy' })).toHaveCount(0)
  await checkAccessibility(page)
})

test('an unknown agent is no agent', async ({ page, holdpoint }) => {
  await page.goto(`${holdpoint.url}/${holdpoint.project}/agents/nobody`)
  await expect(page.getByRole('heading', { name: 'No such agent' })).toBeVisible()
})

test('a file with line ends of Windows is no draft before somebody writes', async ({ page, holdpoint }) => {
  const body = policy.replaceAll('\n', '\r\n')
  const headers = { Authorization: `Bearer ${holdpoint.agentKey}`, 'Content-Type': 'application/yaml' }
  const put = await fetch(`${holdpoint.url}/api/agents/tester`, { method: 'PUT', headers, body })
  expect(put.status).toBe(200)
  await page.goto(`${holdpoint.url}/${holdpoint.project}/agents/tester`)
  await page.getByRole('button', { name: 'Edit and deploy' }).click()
  await expectFile(page, policy)
  await page.getByRole('button', { name: 'Cancel' }).click()
  await expect(page.getByRole('button', { name: 'Edit and deploy' })).toBeFocused()
})

test('the editor offers settings and the tools that the agent calls, and underlines what is wrong', async ({
  page,
  holdpoint,
  checkAccessibility,
}) => {
  await holdpoint.ask({ tool: 'mail.send_invoice' })
  await page.goto(`${holdpoint.url}/${holdpoint.project}/agents/tester`)
  await writeFile(page, 'approval:\n  tools:\n    - db_*\n    - mail')
  const editor = page.getByLabel('Agent file')
  await editor.pressSequentially('.')
  await expect(page.getByRole('option', { name: /mail\.send_invoice/ })).toBeVisible()
  await checkAccessibility(page)
  await editor.press('Enter')
  await expectFile(page, 'approval:\n  tools:\n    - db_*\n    - mail.send_invoice')
  await pasteOver(editor, 'approval:\n  tools:\n    - db_*\n    - mail.send_invoice\n  ')
  await editor.pressSequentially('timeo')
  await page.getByRole('option', { name: /^timeout/ }).click()
  await editor.pressSequentially('7')
  await expectFile(page, 'approval:\n  tools:\n    - db_*\n    - mail.send_invoice\n  timeout: 7')
  await expect(editor.locator('.cm-lintRange-error')).toHaveText('7')
  await editor.press('Tab')
  await expect(editor).not.toBeFocused()
})
