import { Webhook } from 'standardwebhooks'
import { expect, test } from '@/lib/testing/e2e'
import { startReceiver } from '@/lib/testing/webhook-receiver'

test('an admin makes a webhook, tests it, looks at the answer, delivers again, rotates, switches and deletes', async ({
  page,
  holdpoint,
  checkAccessibility,
}) => {
  const receiver = await startReceiver()
  receiver.answer({ status: 202, body: 'taken \u202ebackwards <b>bold</b>' })
  await page.goto(`${holdpoint.url}/${holdpoint.project}/settings/webhooks`)
  await expect(page.getByText('No webhooks yet')).toBeVisible()
  await checkAccessibility(page)

  await page.getByRole('button', { name: 'New webhook' }).click()
  await page.getByRole('textbox', { name: 'URL' }).fill('https://10.0.0.1/hook')
  await page.getByRole('button', { name: 'Make webhook' }).click()
  await expect(page.getByRole('textbox', { name: 'URL' })).toHaveAccessibleDescription(/a private address/)
  await checkAccessibility(page)
  await page.getByRole('textbox', { name: 'URL' }).fill(receiver.url)
  await page.getByLabel('Name').fill('Ops server')
  await page.getByRole('button', { name: 'Make webhook' }).click()
  const secret = await page.getByTestId('new-secret').innerText()
  await page.getByRole('button', { name: 'I have copied it' }).click()
  await expect(page.getByText(secret)).toHaveCount(0)
  await page.getByRole('link', { name: 'Ops server' }).click()
  await expect(page.getByText('Nothing was sent yet')).toBeVisible()

  await page.getByRole('button', { name: 'Send test' }).click()
  const deliveries = page.getByRole('list', { name: 'Deliveries' }).getByRole('listitem')
  const outcome = page.getByRole('status', { name: 'Outcome of the test' })
  await expect(outcome).toContainText(/The test was delivered: the receiver answered 202 in [\d,]+ ms/)
  await expect(outcome).toContainText('taken ⟨U+202E⟩backwards')
  await expect(deliveries.first()).toContainText('Delivered')
  await expect(deliveries.first()).toContainText('answered 202')
  await page.getByRole('button', { name: /^Attempts of webhook.test/ }).click()
  await expect(deliveries.first()).toContainText('taken ⟨U+202E⟩backwards <b>bold</b>')
  await checkAccessibility(page)

  receiver.answer(500)
  const approval = await holdpoint.ask()
  await expect(deliveries).toHaveCount(2)
  await expect(deliveries.first()).toContainText('approval.requested')
  await expect(deliveries.first()).toContainText('answered 500')
  await expect(deliveries.first()).toContainText(/Retrying\s*\d of 10, next/)
  await page.getByRole('link', { name: 'All webhooks' }).click()
  const row = page.getByRole('row', { name: /Ops server/ })
  await expect(row).toContainText(/Failing\s*The receiver answered 500/)
  await expect(row).toContainText('1 delivered, 1 failed')
  await expect(row).toContainText(new URL(receiver.url).pathname)
  await checkAccessibility(page)
  await page.getByRole('link', { name: 'Ops server' }).click()
  receiver.answer(200)
  await page.getByRole('button', { name: /^Redeliver approval.requested/ }).click()
  await expect(deliveries.first()).toContainText('Delivered')
  const last = receiver.received.at(-1)!
  expect(new Webhook(secret).verify(last.body, last.headers)).toMatchObject({ data: { id: approval.id } })

  await page.getByRole('button', { name: 'Rotate secret', exact: true }).click()
  await page.getByRole('button', { name: 'Rotate secret of Ops server' }).click()
  await expect(page.getByTestId('new-secret')).not.toHaveText(secret)
  await checkAccessibility(page)
  await page.getByRole('button', { name: 'I have copied it' }).click()

  await page.getByRole('button', { name: 'Change', exact: true }).click()
  await page.getByRole('checkbox', { name: 'Expired' }).uncheck()
  await page.getByRole('button', { name: 'Save webhook' }).click()
  await expect(page.getByText('Requested, Approved, Rejected, Cancelled')).toBeVisible()
  await page.getByRole('button', { name: 'Switch off' }).click()
  await expect(page.getByRole('button', { name: 'Switch on' })).toBeVisible()
  await page.getByRole('button', { name: 'Delete', exact: true }).click()
  await page.getByRole('button', { name: 'Delete Ops server' }).click()
  await expect(page.getByText('No webhooks yet')).toBeVisible()
  await receiver.close()
})

test('PagerDuty asks for its key; a webhook that the receiver ended says why', async ({
  page,
  holdpoint,
}) => {
  const receiver = await startReceiver()
  receiver.answer(410)
  await page.goto(`${holdpoint.url}/${holdpoint.project}/settings/webhooks`)
  await page.getByRole('button', { name: 'New webhook' }).click()
  await page.getByLabel('Send to').selectOption('pagerduty')
  await page.getByRole('button', { name: 'Make webhook' }).click()
  await expect(page.getByLabel('Integration key')).toHaveAccessibleDescription(/16 to 128/)
  await page.getByLabel('Integration key').fill('R0UTINGKEY0123456789')
  await page.getByRole('textbox', { name: 'URL' }).fill(receiver.url)
  await page.getByRole('button', { name: 'Make webhook' }).click()
  await page.getByRole('link', { name: 'Open it to send a test' }).click()
  await holdpoint.ask()
  await expect(page.getByRole('list', { name: 'Deliveries' })).toContainText('answered 410')
  await page.reload()
  await expect(
    page.getByText('Holdpoint switched this webhook off: The receiver answered 410 Gone.'),
  ).toBeVisible()
  await receiver.close()
})

test('each service says what its URL looks like; another one’s URL is hinted at, and taken all the same', async ({
  page,
  holdpoint,
  checkAccessibility,
}) => {
  await page.goto(`${holdpoint.url}/${holdpoint.project}/settings/webhooks`)
  await page.getByRole('button', { name: 'New webhook' }).click()
  const url = page.getByRole('textbox', { name: 'URL' })
  for (const [format, address] of [
    ['discord', /discord\.com/],
    ['google_chat', /chat\.googleapis\.com/],
    ['ntfy', /ntfy\.sh/],
    ['slack', /hooks\.slack\.com/],
  ] as const) {
    await page.getByLabel('Send to').selectOption(format)
    await expect(url).toHaveAttribute('placeholder', address)
  }
  await url.fill('https://discord.com/api/webhooks/1/secret')
  await expect(page.getByRole('status').getByText('This is an address of Discord')).toBeVisible()
  await checkAccessibility(page)
  await page.getByRole('button', { name: 'Send to Discord' }).click()
  await expect(page.getByLabel('Send to')).toHaveValue('discord')
  await expect(page.getByText('This is an address of Discord')).toHaveCount(0)
  await page.getByLabel('Send to').selectOption('standard')
  await page.getByRole('button', { name: 'Make webhook' }).click()
  await expect(page.getByTestId('new-secret')).toBeVisible()
})

test('a reviewer is told who sets webhooks up', async ({ page, holdpoint }) => {
  const reviewer = await holdpoint.test.member('reviewer')
  await holdpoint.signIn(page, reviewer.actor.id)
  await page.goto(`${holdpoint.url}/${holdpoint.project}/settings/webhooks`)
  await expect(page.getByText('Admins and owners see and set up webhooks')).toBeVisible()
  await expect(page.getByRole('button', { name: 'New webhook' })).toHaveCount(0)
})
