import type { Locator, Page } from '@playwright/test'
import { expect, test, type Holdpoint } from '@/lib/testing/e2e'

const tool = 'order_tools.process_refund'

type Desk = { queue: Locator; request: Locator }

async function openDesk(page: Page, holdpoint: Holdpoint, rest = ''): Promise<Desk> {
  await page.goto(`${holdpoint.url}/${holdpoint.project}/approvals${rest}`)
  return deskOf(page)
}

function deskOf(page: Page): Desk {
  return {
    queue: page.getByRole('region', { name: 'Pending approvals' }),
    request: page.getByRole('region', { name: 'Request' }),
  }
}

function rowWith(queue: Locator, text: string): Locator {
  return queue.getByRole('listitem').filter({ hasText: text })
}

/** Times name the reader's zone once the page's scripts have taken it over. */
async function listens({ request }: Desk): Promise<void> {
  await expect(request.getByRole('time').first()).toHaveAttribute('title', / · /)
}

async function statusOf(holdpoint: Holdpoint, id: string): Promise<unknown> {
  return (await holdpoint.call('GET', `/api/approvals/${id}`)).body.status
}

function decide(holdpoint: Holdpoint, id: string, decision: string, token = holdpoint.reviewerToken) {
  return holdpoint.call('POST', `/api/approvals/${id}/decisions`, { decision, reason: 'Seen.' }, token)
}

/** An agent whose requests wait for as many seconds, and whose refunds wait above 1,000 alone. */
async function deploy({ url, agentKey }: Holdpoint, name: string, timeout: number): Promise<void> {
  const answer = await fetch(`${url}/api/agents/${name}`, {
    method: 'PUT',
    headers: { Authorization: `Bearer ${agentKey}`, 'Content-Type': 'application/yaml' },
    body: `approval:\n  tools:\n    - ${tool}: param.amount > 1000\n    - "*"\n  timeout: ${timeout}\n`,
  })
  expect(answer.ok).toBe(true)
}

async function overflowOf(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
}

test('a pending request shows what a reviewer needs', async ({ page, holdpoint, checkAccessibility }) => {
  await deploy(holdpoint, 'payer', 1800)
  const items = Array.from({ length: 3 }, (_, at) => ({ sku: `SKU-${at}`, qty: at, note: 'two\nlines' }))
  const params = {
    order_id: 'ORD-1287',
    amount: 2400,
    items,
    address: { city: 'Graz', geo: { at: [47, 15] } },
  }
  const asked = await holdpoint.ask({ agent: 'payer', params, description: 'The lamp broke.' })
  await holdpoint.ask({ params: { sql: 'BEGIN;\nDELETE FROM audit;\nCOMMIT;' } })
  const desk = await openDesk(page, holdpoint)
  const row = rowWith(desk.queue, 'ORD-1287')
  await expect(desk.queue.getByRole('listitem')).toContainText([
    '2400',
    'BEGIN; ↵ DELETE FROM audit; ↵ COMMIT;',
  ])
  await expect(row.getByRole('link', { name: `${tool} 2400` })).toHaveAttribute('aria-current', 'true')
  await expect(row).toContainText(/payer · order_tools · order_id=ORD-1287 · items=⟨3 items⟩/)
  await expect(page).toHaveTitle(/^\(2\) Approvals/)

  const { request } = desk
  await expect(request.getByRole('heading', { name: tool })).toBeVisible()
  for (const text of ['on payer', '1 of 2', 'param.amount > 1000', /29 min left|30 min left/])
    await expect(request.getByText(text).last()).toBeVisible()
  await expect(request.getByRole('term').filter({ hasText: /^(amount|order_id)/ })).toHaveText([
    'amountrule',
    'order_id',
  ])
  await expect(request.getByRole('table', { name: '3 items of items' })).toContainText('SKU-2')
  await expect(request.getByText('The lamp broke.')).toBeVisible()
  await expect(request.getByText('If approved payer runs it once')).toBeVisible()
  await expect(request.getByText(`Digest ${asked.digest.slice(7, 15)}`)).toBeVisible()
  await request.getByText(/^Record/).click()
  await expect(request.getByText(asked.digest)).toBeVisible()
  await checkAccessibility(page)
  await page.emulateMedia({ colorScheme: 'dark' })
  await checkAccessibility(page)
})

test('the keyboard alone decides one after the other, in two steps each', async ({
  page,
  holdpoint,
  checkAccessibility,
}) => {
  const ids: string[] = []
  for (const order of ['K-1', 'K-2', 'K-3'])
    ids.push((await holdpoint.ask({ params: { order_id: order } })).id)
  const [first = '', second = '', third = ''] = ids
  const desk = await openDesk(page, holdpoint)
  const { queue, request } = desk
  await listens(desk)
  await page.keyboard.press('a')
  const form = request.getByRole('form', { name: `Approve ${tool}` })
  await expect(form).toBeFocused()
  await checkAccessibility(page)
  await page.keyboard.press('Tab')
  await page.keyboard.type('Checked with the warehouse.')
  await page.keyboard.press('Control+Enter')
  // the next opens by itself, with the focus on its heading, and says so
  await expect(page).toHaveURL(new RegExp(`/approvals/${second}$`))
  await expect(request.getByRole('heading', { name: tool })).toBeFocused()
  await expect(page.getByText(`Approved ${tool}, order_id K-1. Next: ${tool}, order_id K-2, `)).toBeAttached()
  expect((await holdpoint.call('GET', `/api/approvals/${first}`)).body).toMatchObject({
    status: 'approved',
    decision: { reason: 'Checked with the warehouse.', via: 'console' },
  })
  await expect(rowWith(queue, 'K-1')).toBeHidden()

  // what was typed outlives Escape, the other answer and reloading
  await page.keyboard.press('r')
  await expect(request.getByLabel('Reason')).toBeFocused()
  await page.keyboard.type('The customer has his money.')
  await page.keyboard.press('Escape')
  await expect(request.getByRole('heading', { name: tool })).toBeFocused()
  await page.keyboard.press('a')
  await expect(request.getByLabel('Reason')).toHaveValue('The customer has his money.')
  await page.keyboard.press('Escape')
  await page.reload()
  await listens(desk)
  await page.keyboard.press('r')
  await expect(request.getByLabel('Reason')).toHaveValue('The customer has his money.')
  await page.keyboard.press('Control+Enter')
  await expect(page).toHaveURL(new RegExp(`/approvals/${third}$`))
  expect((await holdpoint.call('GET', `/api/approvals/${second}`)).body.next).toMatchObject({
    action: 'stop',
    message: expect.stringContaining('The customer has his money.'),
  })

  // a reason that was given before is offered, by its number while nothing is typed
  await page.keyboard.press('r')
  const before = request.getByRole('group', { name: 'Used before' }).getByRole('button')
  await expect(before).toHaveText([/^The customer has his money\./])
  await page.keyboard.press('1')
  await expect(request.getByLabel('Reason')).toHaveValue('The customer has his money.')
  await page.keyboard.type(' 1')
  await expect(request.getByLabel('Reason')).toHaveValue('The customer has his money. 1')
  await checkAccessibility(page)
  await request.getByLabel('Reason').fill('')
  await page.keyboard.press('Escape')

  // the last one stays until another comes, which opens by itself
  await page.keyboard.press('a')
  await page.keyboard.press('Control+Enter')
  await expect(page.getByText(`Approved ${tool}, order_id K-3. Nothing else waits here.`)).toBeAttached()
  await expect(request.getByText(/^Approved by/).first()).toBeVisible()
  const fourth = await holdpoint.ask({ params: { order_id: 'K-4' } })
  await expect(page).toHaveURL(new RegExp(`/approvals/${fourth.id}$`))
  await expect(request.getByRole('heading', { name: tool })).toBeFocused()

  // keys are listed, and those pressed alone can be switched off
  await page.keyboard.press('?')
  const sheet = page.getByRole('dialog', { name: 'Keys' })
  await expect(sheet).toHaveCSS('opacity', '1')
  await checkAccessibility(page)
  await sheet.getByLabel('Single-key shortcuts').uncheck()
  await page.keyboard.press('Escape')
  await expect(sheet).toBeHidden()
  await page.keyboard.press('a')
  await expect(request.getByRole('form')).toBeHidden()
})

test('no stray key and no stray click decides', async ({ page, holdpoint }) => {
  const { id } = await holdpoint.ask()
  const other = await holdpoint.ask({ params: { order_id: 'OTHER' } })
  const desk = await openDesk(page, holdpoint)
  const { request } = desk
  await page.keyboard.press('Enter')
  await listens(desk)
  for (const key of ['a', 'Enter', 'Space', 'a', 'Enter']) await page.keyboard.press(key)
  const form = request.getByRole('form', { name: `Approve ${tool}` })
  await expect(form).toBeVisible()
  await expect(form.getByRole('button', { name: 'Confirm approve' })).not.toBeFocused()
  await page.keyboard.press('Escape')
  await expect(form).toBeHidden()
  await page.keyboard.press('r')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Escape')
  await request.getByRole('button', { name: `Approve ${tool}` }).dblclick()
  await page.keyboard.press('Escape')
  await request.getByRole('button', { name: `Reject ${tool}` }).dblclick()
  await page.keyboard.press('Escape')
  // a form that was begun is closed when its request is left
  await page.keyboard.press('a')
  await expect(form).toBeFocused()
  await page.keyboard.press('j')
  await expect(page).toHaveURL(new RegExp(`/approvals/${other.id}$`))
  await page.keyboard.press('k')
  await expect(page).toHaveURL(new RegExp(`/approvals/${id}$`))
  await expect(form).toBeHidden()
  expect(await statusOf(holdpoint, id)).toBe('pending')
})

test('the row under the pointer stays, and what arrives is announced', async ({ page, holdpoint }) => {
  await deploy(holdpoint, 'hasty', 600)
  await holdpoint.ask({ params: { order_id: 'OLD' } })
  const desk = await openDesk(page, holdpoint)
  const { queue } = desk
  const row = rowWith(queue, 'OLD')
  await listens(desk)
  await row.hover()
  const before = await row.boundingBox()
  await holdpoint.ask({ params: { order_id: 'LATER' } })
  await expect(rowWith(queue, 'LATER')).toBeVisible()
  for (const order of ['SOON-1', 'SOON-2'])
    await holdpoint.ask({ agent: 'hasty', tool: 'any', params: { order_id: order } })
  await expect(queue.getByRole('button', { name: '2 new requests – show' })).toBeVisible()
  expect(await row.boundingBox()).toEqual(before)
  await expect(rowWith(queue, 'SOON-1')).toBeHidden()
  await page.keyboard.press('n')
  await expect(queue.getByRole('listitem')).toContainText(['SOON-1', 'SOON-2', 'OLD', 'LATER'])
  await expect(queue.getByText('2 due within 10 minutes')).toBeVisible()
  // the request that is open stays the one that it was
  await expect(row.getByRole('link')).toHaveAttribute('aria-current', 'true')
})

test('the first request comes without a reload, and at the cost of itself', async ({ page, holdpoint }) => {
  const { queue, request } = await openDesk(page, holdpoint)
  await queue.getByText('Nothing waits for you').hover()
  await holdpoint.ask({ params: { order_id: 'FIRST' } })
  await expect(rowWith(queue, 'FIRST')).toBeVisible()
  await expect(request.getByRole('heading', { name: tool })).toBeVisible()
  await expect(page).toHaveTitle(/^\(1\) /)
  const named: string[] = []
  page.on('response', (answer) => named.push(answer.url()))
  let last = ''
  for (let at = 0; at < 30; at++) last = (await holdpoint.ask({ params: { order_id: `MORE-${at}` } })).id
  await expect(queue.getByText('31 requests wait')).toBeVisible()
  await expect.poll(() => named.some((url) => url.includes(last))).toBe(true)
  const read: Promise<number>[] = []
  page.on('response', (answer) => {
    if (/\/api\/approvals(\?|\/count)/.test(answer.url()))
      read.push(answer.body().then((body) => body.length))
  })
  const { id } = await holdpoint.ask({ params: { order_id: 'LAST' } })
  await expect(queue.getByText('32 requests wait')).toBeVisible()
  await expect.poll(() => named.some((url) => url.includes(id))).toBe(true)
  const bytes = (await Promise.all(read)).reduce((sum, length) => sum + length, 0)
  expect(bytes).toBeGreaterThan(500)
  expect(bytes).toBeLessThan(5_000)
})

test('what is decided elsewhere stays in its place with its outcome, and goes once the reviewer leaves', async ({
  page,
  holdpoint,
}) => {
  const first = await holdpoint.ask({ params: { order_id: 'ABOVE' } })
  const below = await holdpoint.ask({ params: { order_id: 'BELOW' } })
  const desk = await openDesk(page, holdpoint)
  const { queue, request } = desk
  const row = rowWith(queue, 'BELOW')
  await listens(desk)
  await row.getByRole('link').click()
  await expect(request.getByText('2 of 2').last()).toBeVisible()
  const before = await row.boundingBox()
  await decide(holdpoint, first.id, 'reject')
  await expect(rowWith(queue, 'ABOVE')).toContainText('Rejected')
  expect(await row.boundingBox()).toEqual(before)
  await request.hover()
  await expect(rowWith(queue, 'ABOVE')).toBeHidden()
  await expect(page).toHaveTitle(/^\(1\) /)

  // going back shows what holds now, and not what the server had sent then
  await page.getByRole('link', { name: 'Runs' }).first().click()
  await expect(page).toHaveURL(/\/runs$/)
  await expect(page.getByRole('list', { name: 'Runs' })).toBeVisible()
  await decide(holdpoint, below.id, 'approve')
  await expect(page).not.toHaveTitle(/^\(1\) /)
  await page.goBack()
  await expect(request.getByText(/^Approved by/).first()).toBeVisible()
  await expect(row).toBeHidden()
})

test('of two who race one decides, and the other keeps what was typed and where they were', async ({
  page,
  holdpoint,
  browser,
}) => {
  const { id } = await holdpoint.ask({ params: { order_id: 'RACE' } })
  const { id: other } = await holdpoint.ask({ params: { order_id: 'NEXT' } })
  const reviewer = await holdpoint.test.member('reviewer')
  const second = await browser.newContext()
  const their = await second.newPage()
  await holdpoint.signIn(their, reviewer.actor.id)
  for (const one of [page, their]) await listens(await openDesk(one, holdpoint))
  await page.keyboard.press('r')
  await page.keyboard.type('Not before Monday.')
  await their.keyboard.press('a')
  // nothing is sent before this is in sight
  await expect(deskOf(their).request.getByRole('button', { name: /^Confirm approve/ })).toBeVisible()
  await their.keyboard.press('Control+Enter')
  await expect(their).toHaveURL(new RegExp(`/approvals/${other}$`))
  await second.close()
  // whether the page hears of it first or the press is refused, the same words
  await page.keyboard.press('Control+Enter')
  const { request } = deskOf(page)
  await expect(request.getByRole('alert')).toContainText('Somebody was faster')
  await expect(request.getByRole('alert')).toContainText(`Approved by ${reviewer.actor.email}`)
  await expect(request.getByRole('textbox', { name: 'What you had typed' })).toHaveValue('Not before Monday.')
  await expect(request.getByRole('button', { name: 'Copy what you had typed' })).toBeVisible()
  expect(await page.evaluate(() => document.activeElement === document.body)).toBe(false)
  expect(await statusOf(holdpoint, id)).toBe('approved')
  await page.keyboard.press('j')
  await expect(page).toHaveURL(new RegExp(`/approvals/${other}$`))
  await expect(request.getByRole('heading', { name: tool })).toBeFocused()
})

test('a viewer reads and is told why there are no buttons', async ({ page, holdpoint }) => {
  await holdpoint.ask()
  const viewer = await holdpoint.test.member('viewer')
  await holdpoint.signIn(page, viewer.actor.id)
  const { queue, request } = await openDesk(page, holdpoint)
  await expect(rowWith(queue, 'ORD-1')).toBeVisible()
  await expect(request).toContainText('Deciding needs the role reviewer')
  await expect(page.getByRole('button', { name: /Approve|Reject/ })).toHaveCount(0)
  await expect(queue.getByRole('checkbox')).toHaveCount(0)
})

test('a link opens its request, before and after the decision, and decides nothing', async ({
  page,
  holdpoint,
}) => {
  await holdpoint.ask({ params: { order_id: 'SOONER' } })
  const linked = await holdpoint.ask({ params: { order_id: 'LINKED' } })
  const { queue, request } = await openDesk(page, holdpoint, `?approval=${linked.id}`)
  await expect(page).toHaveURL(new RegExp(`/approvals/${linked.id}$`))
  await expect(request.getByText('LINKED')).toBeVisible()
  await expect(rowWith(queue, 'LINKED').getByRole('link')).toHaveAttribute('aria-current', 'true')
  expect(await statusOf(holdpoint, linked.id)).toBe('pending')
  await decide(holdpoint, linked.id, 'approve')
  await page.reload()
  await expect(request.getByText('Approved by').first()).toBeVisible()
  await expect(request.getByText('Seen.')).toBeVisible()
  await expect(rowWith(queue, 'LINKED')).toBeHidden()
  await openDesk(page, holdpoint, '/apr_nothing')
  await expect(page.getByText('is not in this project')).toBeVisible()
})

test('several at once, each for itself', async ({ page, holdpoint, checkAccessibility }) => {
  const asked: string[] = []
  for (const order of ['B-1', 'B-2', 'B-3', 'B-4'])
    asked.push((await holdpoint.ask({ params: { order_id: order } })).id)
  const desk = await openDesk(page, holdpoint)
  const { queue } = desk
  await listens(desk)
  await rowWith(queue, 'B-1').getByRole('checkbox').click()
  await rowWith(queue, 'B-3')
    .getByRole('checkbox')
    .click({ modifiers: ['Shift'] })
  await rowWith(queue, 'B-3').getByRole('checkbox').click()
  await queue.getByRole('button', { name: 'Approve 2 selected' }).click()
  const dialog = page.getByRole('dialog', { name: /^Approve \d requests?\?$/ })
  const table = dialog.getByRole('table', { name: `Requests to run ${tool}` })
  await expect(table.getByRole('columnheader')).toContainText(['State', 'order_id'])
  await expect(table).toContainText('"B-1"')
  await expect(dialog.getByRole('button', { name: 'Confirm approve 2 requests' })).not.toBeFocused()
  await checkAccessibility(page)
  // what was begun outlives the dialog's closing
  await dialog.getByLabel('Reason').fill('As agreed.')
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  await queue.getByRole('button', { name: 'Approve 2 selected' }).click()
  await expect(dialog.getByLabel('Reason')).toHaveValue('As agreed.')
  const [first = '', second = '', third = ''] = asked
  await decide(holdpoint, first, 'reject')
  // what somebody else decides meanwhile is said and left out; a press that was as fast is told so for itself
  await expect(table).toContainText('Rejected by')
  await expect(dialog.getByText('1 left out')).toBeVisible()
  let release = () => {}
  const released = new Promise<void>((resolve) => (release = resolve))
  await page.route('**/approvals*', async (route) => {
    if (route.request().method() === 'POST') {
      await decide(holdpoint, second, 'reject')
      await released
    }
    await route.continue()
  })
  await dialog.getByRole('button', { name: 'Confirm approve 1 request' }).click()
  // closing while it is sent stops what would follow, and what became of it is still shown
  await page.keyboard.press('Escape')
  await expect(dialog).toContainText('stopping after those on their way')
  release()
  const result = page.getByRole('dialog', { name: 'What became of 1 request' })
  await expect(result).toContainText('Not recorded: Rejected by')
  expect(await statusOf(holdpoint, first)).toBe('rejected')
  expect(await statusOf(holdpoint, second)).toBe('rejected')
  expect(await statusOf(holdpoint, third)).toBe('pending')
  await page.unrouteAll({ behavior: 'wait' })
  await result.getByRole('button', { name: 'Close' }).last().click()

  // all that match, tool by tool, with what stands out left out
  for (let at = 0; at < 60; at += 10)
    await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        holdpoint.ask({
          tool: 'pay.out',
          params: { currency: 'EUR', amount: at + n === 41 ? 90_000 : 100 + at + n },
        }),
      ),
    )
  await expect(queue.getByText('62 requests wait')).toBeVisible()
  await page.reload()
  await listens(desk)
  await queue.getByLabel('Select all that are loaded').check()
  await queue.getByRole('button', { name: 'Select all 62 that match' }).click()
  await expect(queue.getByText('2 different tools')).toBeVisible()
  await queue.getByRole('button', { name: 'Reject 62 selected' }).click()
  const many = page.getByRole('dialog', { name: 'Reject 61 requests?' })
  await expect(many).toContainText('2 different tools are selected')
  await many.getByRole('button', { name: 'Confirm reject 2 requests' }).click()
  await expect(many.getByText('In all 60:')).toBeVisible()
  const outlier = many.getByRole('table').getByRole('row').nth(1)
  await expect(outlier).toContainText('amount is far above the others')
  await expect(outlier.getByRole('checkbox')).not.toBeChecked()
  await expect(many.getByText('1 left out')).toBeVisible()
  await many.getByLabel('Reason').fill('Paid already.')
  await many.getByRole('button', { name: 'Confirm reject 59 requests' }).click()
  await expect(page.getByText('61 of 61 requests rejected.')).toBeVisible()
  await expect(queue.getByText('1 request waits')).toBeVisible()
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
  const { queue, request } = await openDesk(page, holdpoint)
  await expect(queue.getByRole('listitem')).toContainText('Hidden characters')
  const shown = [html, '⟨U+202E⟩', '⟨10000 blanks⟩', '["a.b"]', '<b>Approved by the owner</b>', '<i>th_1</i>']
  for (const text of [...shown, 'The agent says where this comes from', '⟨U+200B⟩']) {
    await expect(request.getByText(text).first()).toBeVisible()
  }
  await request.getByRole('button', { name: 'Show all 60,000 characters' }).click()
  await expect(request.getByText('x'.repeat(60_000))).toBeVisible()
  await request.getByRole('button', { name: 'Raw JSON' }).click()
  await expect(request.getByText('⟨U+202E⟩').first()).toBeVisible()
  expect(await overflowOf(page)).toBe(0)
  await checkAccessibility(page)
})

test('900 fields and a long queue leave the decision in sight and the page light', async ({
  page,
  holdpoint,
}) => {
  const fields = Object.fromEntries(Array.from({ length: 900 }, (_, at) => [`field_${at}`, at]))
  const { id } = await holdpoint.ask({ params: fields })
  for (let at = 0; at < 130; at += 10)
    await Promise.all(
      Array.from({ length: 10 }, (_, n) => holdpoint.ask({ params: { order_id: `Q-${at + n}` } })),
    )
  const desk = await openDesk(page, holdpoint)
  const { queue, request } = desk
  await listens(desk)
  await expect(request.getByRole('button', { name: 'Show all 900 values' })).toBeVisible()
  await page.keyboard.press('e')
  await expect(request.getByText('field_899')).toBeAttached()
  await request.getByRole('button', { name: `Approve ${tool}` }).click()
  await expect(request.getByRole('button', { name: `Confirm approve ${tool}` })).toBeInViewport()
  await expect(request.getByLabel('Reason')).toBeInViewport()
  await page.keyboard.press('Escape')
  await expect(queue.getByText('131 requests wait')).toBeVisible()
  // further pages come as the end comes near
  const end = request.getByText('131 of 131').last()
  await expect(async () => {
    for (let at = 0; at < 40; at++) await page.keyboard.press('j')
    await expect(end).toBeVisible({ timeout: 500 })
  }).toPass()
  await expect(rowWith(queue, 'Q-').last()).toBeInViewport()
  expect(await queue.getByRole('listitem').count()).toBeLessThan(70)
  expect(await statusOf(holdpoint, id)).toBe('pending')

  // on a phone a request takes the place of the list, also just as that is scrolled
  await page.setViewportSize({ width: 390, height: 844 })
  await page.goto(`/${holdpoint.project}/approvals`)
  const scroller = queue.locator('[data-scroller]')
  await expect(async () => {
    const height = await scroller.evaluate((frame) => {
      frame.scrollTo(0, frame.scrollHeight)
      return frame.scrollHeight
    })
    expect(height).toBeGreaterThan(130 * 44)
  }).toPass()
  await expect(queue.getByRole('listitem').last()).toBeInViewport()
  await scroller.evaluate((frame) => {
    frame.querySelector<HTMLElement>('[data-row-link]')?.click()
    frame.scrollTo(0, 1200)
  })
  await expect(queue).toBeHidden()
  await expect(page).toHaveURL(/\/approvals\/apr_/)
  await page.goBack()
  const inSight = () =>
    scroller.evaluate((frame) => {
      const { top, bottom } = frame.getBoundingClientRect()
      const rows = [...frame.querySelectorAll('li')].map((row) => row.getBoundingClientRect())
      return rows.filter((row) => row.bottom > top && row.top < bottom).length
    })
  await expect.poll(inSight).toBeGreaterThan(5)
})

test('tabs and filters live in the address', async ({ page, holdpoint, checkAccessibility }) => {
  const first = await holdpoint.ask({ params: { order_id: 'F-1' } })
  await holdpoint.ask({ params: { order_id: 'F-2' }, tool: 'pay.refund' })
  await holdpoint.ask({ params: { order_id: 'F-3' }, tool: 'pay.send' })
  const fourth = await holdpoint.ask({ params: { order_id: 'F-4' } })
  await decide(holdpoint, fourth.id, 'reject')
  await decide(holdpoint, first.id, 'approve')
  const { queue } = await openDesk(page, holdpoint)
  await page.getByRole('textbox', { name: 'Tool' }).fill('pay.*')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\?tool=pay/)
  await expect(queue.getByText('2 match of 2')).toBeVisible()
  await page.getByLabel('Sort').selectOption('Newest')
  await expect(page).toHaveURL(/sort=newest/)
  await expect(queue.getByRole('listitem')).toContainText(['F-3', 'F-2'])
  await page.getByLabel('Search').fill('F-9')
  await page.keyboard.press('Enter')
  await expect(page.getByText('No pending request matches these filters')).toBeVisible()
  await page.getByRole('button', { name: 'Clear filters' }).click()
  await expect(queue.getByRole('listitem')).toHaveCount(2)

  await page.getByRole('link', { name: 'Decided' }).click()
  await expect(page).toHaveURL(/\?status=decided$/)
  const decided = page.getByRole('region', { name: 'Decided approvals' })
  // by the decision, not by the asking
  await expect(decided.getByRole('listitem')).toContainText(['F-1', 'F-4'])
  await checkAccessibility(page)
  await page.getByLabel('Status').selectOption('Rejected')
  await expect(page).toHaveURL(/\?status=rejected$/)
  await expect(decided.getByRole('listitem')).toHaveCount(1)
  await expect(decided).toContainText('F-4')
  await page.setViewportSize({ width: 768, height: 900 })
  await page.getByRole('button', { name: 'Clear filters' }).click()
  await expect(decided.getByRole('listitem')).toHaveCount(2)
  await decide(holdpoint, (await holdpoint.ask({ params: { order_id: 'F-5' } })).id, 'approve')
  await expect(decided.getByRole('listitem')).toContainText(['F-5', 'F-1', 'F-4'])
})

test('an empty queue shows how to make the first request', async ({
  page,
  holdpoint,
  checkAccessibility,
}) => {
  await openDesk(page, holdpoint)
  await expect(page.getByText('Nothing waits for you')).toBeVisible()
  await expect(page.getByText(/^curl .*\/api\/approvals/).first()).toBeVisible()
  await checkAccessibility(page)
  await openDesk(page, holdpoint, '?status=decided')
  const decided = page.getByRole('region', { name: 'Decided approvals' })
  await expect(decided.getByText('Nothing has been decided yet')).toBeVisible()
})

test('a server that fails is not an empty queue', async ({ page, holdpoint }) => {
  await holdpoint.ask()
  const { queue } = await openDesk(page, holdpoint)
  await expect(rowWith(queue, 'ORD-1')).toBeVisible()
  const problem = { status: 503, code: 'unavailable', title: 'Unavailable', detail: 'Out of reach.' }
  await page.route('**/api/approvals?**', (route) =>
    route.fulfill({ status: 503, contentType: 'application/problem+json', body: JSON.stringify(problem) }),
  )
  await holdpoint.ask({ params: { order_id: 'UNSEEN' } })
  const retry = queue.getByRole('button', { name: 'Not up to date – try again' })
  await expect(retry).toBeVisible()
  await expect(rowWith(queue, 'ORD-1')).toBeVisible()
  await page.unrouteAll({ behavior: 'wait' })
  // it also tries again by itself, which may be sooner
  await retry.click({ timeout: 2000 }).catch(() => undefined)
  await expect(retry).toBeHidden()
  await expect(rowWith(queue, 'UNSEEN')).toBeVisible()
})

test('a removed member is sent away from an open page', async ({ page, holdpoint }) => {
  await holdpoint.ask()
  const reviewer = await holdpoint.test.member('reviewer')
  await holdpoint.signIn(page, reviewer.actor.id)
  const { queue } = await openDesk(page, holdpoint)
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
  await holdpoint.ask({ params: { order_id: 'ORD-2' } })
  const { queue, request } = await openDesk(page, holdpoint)
  await expect(request).toBeHidden()
  await checkAccessibility(page)
  const leftOf = async (one: Locator) => (await one.boundingBox())?.x
  const count = queue.getByText('2 requests wait')
  expect(await leftOf(count)).toBe(await leftOf(rowWith(queue, 'ORD-1').getByRole('link')))
  await rowWith(queue, 'ORD-1').getByRole('link').click()
  await expect(page).toHaveURL(new RegExp(`/approvals/${id}$`))
  await expect(queue).toBeHidden()
  await expect(request.getByText('1 of 2').first()).toBeVisible()
  await request.getByRole('button', { name: 'Next request' }).click()
  await expect(request.getByText('ORD-2').first()).toBeVisible()
  await request.getByRole('button', { name: 'Previous request' }).click()
  await request.getByRole('button', { name: `Approve ${tool}` }).click()
  await checkAccessibility(page)
  await request.getByRole('button', { name: `Confirm approve ${tool}` }).click()
  await expect(request.getByText('ORD-2').first()).toBeVisible()
  expect(await statusOf(holdpoint, id)).toBe('approved')
  expect(await overflowOf(page)).toBe(0)
  await page.goBack()
  await expect(queue).toBeVisible()
})

test('rows are left to read where much stands above them, as while agents are paused', async ({
  page,
  holdpoint,
}) => {
  for (let at = 0; at < 12; at++) await holdpoint.ask({ params: { order_id: `L-${at}` } })
  const { project, ownerToken } = holdpoint
  const reason = 'They refund the same order twice; do not let them go on before that is mended.'
  await holdpoint.call('POST', '/api/agents/tester/pause', { reason }, ownerToken)
  await holdpoint.call('POST', '/api/project/pause', { reason }, ownerToken)
  await page.setViewportSize({ width: 390, height: 700 })
  const { queue } = await openDesk(page, holdpoint)
  await expect(page.getByRole('region', { name: 'Paused' }).getByRole('listitem')).toHaveCount(2)
  const frame = queue.locator('[data-scroller]')
  expect((await frame.boundingBox())?.height).toBeGreaterThan(3 * 52)
  await page.mouse.move(190, 200)
  await page.mouse.wheel(0, 2000)
  await expect(frame).toBeInViewport({ ratio: 0.95 })
  expect(await overflowOf(page)).toBe(0)
  await page.goto(`/${project}/approvals`)
  await rowWith(queue, 'L-3').getByRole('link').click()
  await expect(page.getByRole('region', { name: 'Decision' })).toBeInViewport()

  // beside a request the list follows the filters at once, whatever stands there
  await page.setViewportSize({ width: 1440, height: 900 })
  await page.goto(`/${project}/approvals?status=decided`)
  await expect(page.getByText('Nothing is open.')).toBeVisible()
  const filters = await page.getByRole('search').boundingBox()
  const list = await page.getByRole('region', { name: 'Decided approvals' }).boundingBox()
  expect((list?.y ?? 0) - (filters?.y ?? 0) - (filters?.height ?? 0)).toBeLessThan(16)
})

test('what happens elsewhere is read without a server action, which a decision would wait behind', async ({
  page,
  holdpoint,
}) => {
  const { queue } = await openDesk(page, holdpoint)
  await expect(page.getByText('Nothing waits for you')).toBeVisible()
  const actions: string[] = []
  page.on('request', (request) => {
    if (request.headers()['next-action'] !== undefined) actions.push(request.url())
  })
  const { id } = await holdpoint.ask()
  await expect(rowWith(queue, 'process_refund')).toBeVisible()
  await expect(page).toHaveTitle(/^\(1\) /)
  await decide(holdpoint, id, 'approve')
  await expect(page).not.toHaveTitle(/^\(/)
  expect(actions).toEqual([])
})
