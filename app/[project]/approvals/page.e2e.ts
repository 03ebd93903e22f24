import type { Locator, Page } from '@playwright/test'
import { expect, test, type Holdpoint } from '@/lib/testing/e2e'

const tool = 'order_tools.process_refund'

async function openQueue(page: Page, holdpoint: Holdpoint, query = ''): Promise<Locator> {
  await page.goto(`${holdpoint.url}/${holdpoint.project}/approvals${query}`)
  return page.getByRole('region', { name: 'Pending approvals' })
}

function rowWith(queue: Locator, text: string): Locator {
  return queue.getByRole('listitem').filter({ hasText: text })
}

/** Times name the reader's zone once the page's scripts have taken the row over. */
async function listens(row: Locator): Promise<void> {
  await expect(row.getByRole('time').first()).toHaveAttribute('title', / · /)
}

async function statusOf(holdpoint: Holdpoint, id: string): Promise<unknown> {
  return (await holdpoint.call('GET', `/api/approvals/${id}`)).body.status
}

test('a pending request shows what a reviewer needs', async ({ page, holdpoint, checkAccessibility }) => {
  await holdpoint.ask({ params: { order_id: 'ORD-1287', amount: 2400 }, description: 'The lamp broke.' })
  const queue = await openQueue(page, holdpoint)
  const row = rowWith(queue, 'ORD-1287')
  await expect(row.getByRole('link', { name: tool })).toBeVisible()
  await expect(row).toContainText('tester')
  await expect(row).toContainText('order_id=ORD-1287 · amount=2400')
  await expect(row).toContainText(/59 min left|1 h left/)
  await expect(row).toContainText('Somebody has to look.')
  await expect(row).toContainText('The agent says')
  await expect(row).toContainText('always gated by *')
  await expect(page).toHaveTitle(/^\(1\) Approvals/)
  await row.getByRole('button', { name: `All params of ${tool}` }).click()
  await expect(row.getByText(/^sha256:[0-9a-f]{64}$/)).toBeVisible()
  await checkAccessibility(page)
})

test('approves in place, in two steps', async ({ page, holdpoint, checkAccessibility }) => {
  const { id } = await holdpoint.ask()
  const queue = await openQueue(page, holdpoint)
  const row = rowWith(queue, 'ORD-1')
  await row.getByRole('button', { name: `Approve ${tool}` }).click()
  expect(await statusOf(holdpoint, id)).toBe('pending')
  await checkAccessibility(page)
  await row.getByLabel('Reason').fill('Checked with the warehouse.')
  await row.getByRole('button', { name: `Confirm approve ${tool}` }).click()
  await expect(row).toContainText(`Approved by ${holdpoint.ownerEmail}`)
  const { body } = await holdpoint.call('GET', `/api/approvals/${id}`)
  expect(body).toMatchObject({
    status: 'approved',
    decision: { reason: 'Checked with the warehouse.', via: 'console' },
  })
  await page.mouse.move(1, 1)
  await page.getByRole('heading', { name: 'Approvals' }).click()
  const decided = page.getByRole('list', { name: 'Decided approvals' })
  await expect(decided.getByRole('listitem')).toContainText('Checked with the warehouse.')
})

test('rejects with a reason that the agent gets', async ({ page, holdpoint }) => {
  const { id } = await holdpoint.ask()
  const row = rowWith(await openQueue(page, holdpoint), 'ORD-1')
  await row.getByRole('button', { name: `Reject ${tool}` }).click()
  await expect(row.getByLabel('Reason')).toBeFocused()
  await page.keyboard.type('The customer has his money.')
  await row.getByRole('button', { name: `Confirm reject ${tool}` }).click()
  await expect(row).toContainText('Rejected')
  const { body } = await holdpoint.call('GET', `/api/approvals/${id}`)
  expect(body.next).toMatchObject({
    action: 'stop',
    message: expect.stringContaining('The customer has his money.'),
  })
})

test('no stray key and no stray click decides', async ({ page, holdpoint }) => {
  const { id } = await holdpoint.ask()
  const queue = await openQueue(page, holdpoint)
  const row = rowWith(queue, 'ORD-1')
  await page.keyboard.press('a')
  await page.keyboard.press('Enter')
  await listens(row)
  await page.keyboard.press('j')
  await expect(row.getByRole('link', { name: tool })).toBeFocused()
  for (const key of ['a', 'Enter', 'Space', 'a', 'Enter']) await page.keyboard.press(key)
  const form = row.getByRole('form', { name: `Approve ${tool}` })
  await expect(form).toBeVisible()
  await expect(form.getByRole('button', { name: 'Confirm approve' })).not.toBeFocused()
  await page.keyboard.press('Escape')
  await expect(form).toBeHidden()
  await page.keyboard.press('r')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Escape')
  await row.getByRole('button', { name: `Approve ${tool}` }).dblclick()
  await row.getByRole('button', { name: `Reject ${tool}` }).dblclick()
  expect(await statusOf(holdpoint, id)).toBe('pending')
})

test('the row under the pointer stays, and what arrives is announced', async ({ page, holdpoint }) => {
  await holdpoint.ask({ params: { order_id: 'OLD' } })
  const queue = await openQueue(page, holdpoint)
  const row = rowWith(queue, 'OLD')
  await listens(row)
  await row.hover()
  const before = await row.boundingBox()
  await holdpoint.ask({ params: { order_id: 'NEW-1' } })
  await holdpoint.ask({ params: { order_id: 'NEW-2' } })
  await expect(rowWith(queue, 'NEW-2')).toBeVisible()
  expect(await row.boundingBox()).toEqual(before)
  await expect(queue.getByRole('listitem')).toContainText(['OLD', 'NEW-1', 'NEW-2'])
})

test('the first request comes without a reload', async ({ page, holdpoint }) => {
  const queue = await openQueue(page, holdpoint)
  await queue.getByText('Nothing waits for you').hover()
  await holdpoint.ask({ params: { order_id: 'FIRST' } })
  await expect(rowWith(queue, 'FIRST')).toBeVisible()
  await expect(page).toHaveTitle(/^\(1\) /)
})

test('what is decided elsewhere stays in its place with its outcome, and goes once the reviewer leaves', async ({
  page,
  holdpoint,
}) => {
  const first = await holdpoint.ask({ params: { order_id: 'BELOW' } })
  const second = await holdpoint.ask({ params: { order_id: 'ABOVE' } })
  const queue = await openQueue(page, holdpoint)
  const row = rowWith(queue, first.params.order_id as string)
  await listens(row)
  await row.hover()
  const before = await row.boundingBox()
  await holdpoint.call(
    'POST',
    `/api/approvals/${second.id}/decisions`,
    { decision: 'reject' },
    holdpoint.reviewerToken,
  )
  await expect(rowWith(queue, 'ABOVE')).toContainText('Rejected by')
  expect(await row.boundingBox()).toEqual(before)
  await page.mouse.move(1, 1)
  await expect(rowWith(queue, 'ABOVE')).toBeHidden()
  await expect(page).toHaveTitle(/^\(1\) /)
})

test('a lost race says who decided', async ({ page, holdpoint }) => {
  const { id } = await holdpoint.ask()
  const row = rowWith(await openQueue(page, holdpoint), 'ORD-1')
  await row.getByRole('button', { name: `Approve ${tool}` }).click()
  await holdpoint.call(
    'POST',
    `/api/approvals/${id}/decisions`,
    { decision: 'reject' },
    holdpoint.reviewerToken,
  )
  // whether the page hears of it first or the press is refused, the same words
  await row
    .getByRole('button', { name: `Confirm approve ${tool}` })
    .click({ timeout: 3000 })
    .catch(() => undefined)
  await expect(row.getByRole('alert')).toContainText('Somebody was faster')
  await expect(row.getByRole('alert')).toContainText(/Rejected by reviewer\..*just now/)
  expect(await statusOf(holdpoint, id)).toBe('rejected')
})

test("a person's own request says why somebody else has to decide", async ({ page, holdpoint }) => {
  const run = await holdpoint.call('POST', '/api/runs', { agent: 'tester', initiator: holdpoint.ownerEmail })
  const { id } = await holdpoint.ask({ run_id: String(run.body.id) })
  const row = rowWith(await openQueue(page, holdpoint), 'ORD-1')
  await row.getByRole('button', { name: `Approve ${tool}` }).click()
  await row.getByRole('button', { name: `Confirm approve ${tool}` }).click()
  await expect(row.getByRole('alert')).toContainText('This is your own request')
  expect(await statusOf(holdpoint, id)).toBe('pending')
})

test('a viewer reads and is told why there are no buttons', async ({ page, holdpoint }) => {
  await holdpoint.ask()
  const viewer = await holdpoint.test.member('viewer')
  await holdpoint.signIn(page, viewer.actor.id)
  const queue = await openQueue(page, holdpoint)
  await expect(rowWith(queue, 'ORD-1')).toBeVisible()
  await expect(queue).toContainText('Deciding needs the role reviewer')
  await expect(queue.getByRole('button', { name: /Approve|Reject/ })).toHaveCount(0)
})

test('a link opens its request first and decides nothing', async ({ page, holdpoint }) => {
  const linked = await holdpoint.ask({ params: { order_id: 'LINKED' } })
  await holdpoint.ask({ params: { order_id: 'NEWER' } })
  const queue = await openQueue(page, holdpoint, `?approval=${linked.id}`)
  await expect(queue.getByRole('listitem').first()).toContainText('LINKED')
  await expect(queue.getByText(linked.digest)).toBeVisible()
  expect(await statusOf(holdpoint, linked.id)).toBe('pending')
  await holdpoint.call(
    'POST',
    `/api/approvals/${linked.id}/decisions`,
    { decision: 'approve' },
    holdpoint.ownerToken,
  )
  await openQueue(page, holdpoint, `?approval=${linked.id}`)
  const past = page.getByRole('region', { name: 'Linked approval' })
  await expect(past).toContainText('Approved by')
  await expect(past.getByText(linked.digest)).toBeVisible()
})

test('several at once, each for itself', async ({ page, holdpoint, checkAccessibility }) => {
  const asked = await Promise.all(
    ['B-1', 'B-2', 'B-3'].map((order) => holdpoint.ask({ params: { order_id: order } })),
  )
  const queue = await openQueue(page, holdpoint)
  for (const order of ['B-1', 'B-2']) await rowWith(queue, order).getByRole('checkbox').check()
  await queue.getByRole('button', { name: 'Approve 2 selected' }).click()
  const dialog = page.getByRole('dialog', { name: 'Approve 2 requests?' })
  await expect(dialog.getByRole('button', { name: 'Confirm approve 2 requests' })).not.toBeFocused()
  await checkAccessibility(page)
  const [first, second, third] = asked.map(({ id }) => id)
  await holdpoint.call(
    'POST',
    `/api/approvals/${first}/decisions`,
    { decision: 'reject' },
    holdpoint.reviewerToken,
  )
  await dialog.getByRole('button', { name: 'Confirm approve 2 requests' }).click()
  const result = page.getByRole('dialog', { name: 'What became of 2 requests' })
  await expect(result).toContainText('Not recorded: Rejected by')
  expect(await statusOf(holdpoint, first ?? '')).toBe('rejected')
  expect(await statusOf(holdpoint, second ?? '')).toBe('approved')
  expect(await statusOf(holdpoint, third ?? '')).toBe('pending')
})

test('what an agent wrote is shown as text, with what hides in it', async ({
  page,
  holdpoint,
  checkAccessibility,
}) => {
  const html = '<img src=x onerror="document.title=1">'
  await holdpoint.ask({
    params: {
      html,
      hidden: 'pay\u202Epal',
      blanks: `a${' '.repeat(10_000)}b`,
      long: 'x'.repeat(60_000),
      'a.b': 1,
    },
    description: '<b>Approved by the owner</b>',
    metadata: { thread: '<i>th_1</i>', 'frame\u200Bwork': 'deep\u202Eagents' },
  })
  const queue = await openQueue(page, holdpoint)
  const row = queue.getByRole('listitem')
  await expect(row).toContainText('Hidden characters')
  await row.getByRole('button', { name: `All params of ${tool}` }).click()
  const shown = [html, '⟨U+202E⟩', '⟨10000 blanks⟩', '["a.b"]', '<b>Approved by the owner</b>', '<i>th_1</i>']
  for (const text of [...shown, 'The agent says where this comes from', '⟨U+200B⟩']) {
    await expect(row.getByText(text).first()).toBeVisible()
  }
  await row.getByRole('button', { name: 'Show all 60,000 characters' }).click()
  await expect(row.getByText('x'.repeat(60_000))).toBeVisible()
  await row.getByRole('button', { name: 'Raw JSON' }).click()
  await expect(row.getByText('⟨U+202E⟩').first()).toBeVisible()
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  expect(overflow).toBe(0)
  await checkAccessibility(page)
})

test('filters live in the address', async ({ page, holdpoint }) => {
  const first = await holdpoint.ask({ params: { order_id: 'F-1' } })
  await holdpoint.ask({ params: { order_id: 'F-2' } })
  const third = await holdpoint.ask({ params: { order_id: 'F-3' } })
  const decide = (id: string, decision: string) =>
    holdpoint.call('POST', `/api/approvals/${id}/decisions`, { decision }, holdpoint.ownerToken)
  await decide(first.id, 'approve')
  await decide(third.id, 'reject')
  await openQueue(page, holdpoint)
  const decided = page.getByRole('list', { name: 'Decided approvals' })
  await expect(decided.getByRole('listitem')).toHaveCount(2)
  await page.getByLabel('Status').selectOption('Rejected')
  await expect(page).toHaveURL(/\?status=rejected$/)
  await expect(decided.getByRole('listitem')).toHaveCount(1)
  await expect(decided).toContainText('F-3')
  await page.getByLabel('Search').fill('F-9')
  await page.keyboard.press('Enter')
  await expect(page.getByText('No pending request matches these filters')).toBeVisible()
  await expect(page.getByText('Nothing decided matches these filters')).toBeVisible()
  await page.getByRole('button', { name: 'Clear filters' }).click()
  await expect(decided.getByRole('listitem')).toHaveCount(2)
})

test('an empty queue shows how to make the first request', async ({
  page,
  holdpoint,
  checkAccessibility,
}) => {
  await openQueue(page, holdpoint)
  await expect(page.getByText('Nothing waits for you')).toBeVisible()
  await expect(page.getByText(/^curl .*\/api\/approvals/)).toBeVisible()
  await expect(page.getByText('Nothing has been decided yet')).toBeVisible()
  await checkAccessibility(page)
})

test('a server that fails is not an empty queue', async ({ page, holdpoint }) => {
  await holdpoint.ask()
  const queue = await openQueue(page, holdpoint)
  await expect(rowWith(queue, 'ORD-1')).toBeVisible()
  const problem = { status: 503, code: 'unavailable', title: 'Unavailable', detail: 'Out of reach.' }
  await page.route('**/api/approvals?**', (route) =>
    route.fulfill({ status: 503, contentType: 'application/problem+json', body: JSON.stringify(problem) }),
  )
  await holdpoint.ask({ params: { order_id: 'UNSEEN' } })
  const retry = queue.getByRole('button', { name: 'Not up to date – try again' })
  await expect(retry).toBeVisible()
  await expect(rowWith(queue, 'ORD-1')).toBeVisible()
  await page.unroute('**/api/approvals?**')
  // it also tries again by itself, which may be sooner
  await retry.click({ timeout: 2000 }).catch(() => undefined)
  await expect(retry).toBeHidden()
  await expect(queue.getByText(/ORD-1|1 new request/).first()).toBeVisible()
})

test('a removed member is sent away from an open page', async ({ page, holdpoint }) => {
  await holdpoint.ask()
  const reviewer = await holdpoint.test.member('reviewer')
  await holdpoint.signIn(page, reviewer.actor.id)
  const queue = await openQueue(page, holdpoint)
  await expect(rowWith(queue, 'ORD-1')).toBeVisible()
  const { status } = await holdpoint.call(
    'DELETE',
    `/api/members/${reviewer.actor.id}`,
    undefined,
    holdpoint.ownerToken,
  )
  expect(status).toBe(204)
  await expect(page.getByText('There is nothing here for you')).toBeVisible()
  await expect(rowWith(queue, 'ORD-1')).toBeHidden()
})

test('works on a phone', async ({ page, holdpoint, checkAccessibility }) => {
  await page.setViewportSize({ width: 390, height: 844 })
  const { id } = await holdpoint.ask()
  const row = rowWith(await openQueue(page, holdpoint), 'ORD-1')
  await row.getByRole('button', { name: `Approve ${tool}` }).click()
  await checkAccessibility(page)
  await row.getByRole('button', { name: `Confirm approve ${tool}` }).click()
  await expect(row).toContainText('Approved by')
  expect(await statusOf(holdpoint, id)).toBe('approved')
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  expect(overflow).toBe(0)
})

test('what happens elsewhere is read without a server action, which a decision would wait behind', async ({
  page,
  holdpoint,
}) => {
  await page.goto(`${holdpoint.url}/${holdpoint.project}/approvals`)
  await expect(page.getByText('Nothing waits for you')).toBeVisible()
  const actions: string[] = []
  page.on('request', (request) => {
    if (request.headers()['next-action'] !== undefined) actions.push(request.url())
  })
  const { id } = await holdpoint.ask()
  await expect(page.getByText('order_tools.process_refund').first()).toBeVisible()
  await expect(page).toHaveTitle(/^\(1\) /)
  await holdpoint.call(
    'POST',
    `/api/approvals/${id}/decisions`,
    { decision: 'approve' },
    holdpoint.reviewerToken,
  )
  await expect(page).not.toHaveTitle(/^\(/)
  await expect(page.getByRole('list', { name: 'Decided approvals' })).toContainText('Approved')
  expect(actions).toEqual([])
})
