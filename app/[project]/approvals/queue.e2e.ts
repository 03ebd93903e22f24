import type { Page } from '@playwright/test'
import { expect, test, type Holdpoint } from '@/lib/testing/e2e'

const policy = `approval:
  tools:
    - pay.*:
        when: param.amount > 1000
    - wire:
        reviewers: finance
    - "*"
  timeout: 1800
`

async function deploy({ url, agentKey }: Holdpoint, name: string, config = policy): Promise<void> {
  const answer = await fetch(`${url}/api/agents/${name}`, {
    method: 'PUT',
    headers: { Authorization: `Bearer ${agentKey}`, 'Content-Type': 'application/yaml' },
    body: config,
  })
  expect(answer.ok).toBe(true)
}

/** Opens the queue and says where its parts are. */
async function openQueue(page: Page, { url, project }: Holdpoint, rest = '') {
  await page.goto(`${url}/${project}/approvals${rest}`)
  const queue = page.getByRole('region', { name: 'Pending approvals' })
  const filters = page.getByRole('search', { name: 'Filter approvals' })
  return { queue, filters, rows: queue.getByRole('list', { name: 'Pending' }).getByRole('listitem') }
}

async function overflowOf(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
}

test('chips narrow the queue, say how far, and are taken away again at any width', async ({
  page,
  holdpoint,
  checkAccessibility,
}) => {
  await deploy(holdpoint, 'payer')
  await deploy(holdpoint, 'slow', 'approval:\n  tools: ["*"]\n  timeout: 7200\n')
  await holdpoint.ask({ agent: 'payer', tool: 'pay.refund', params: { amount: 1200, order_id: 'B-1' } })
  await holdpoint.ask({ agent: 'payer', tool: 'pay.send', params: { amount: 2400, order_id: 'B-2' } })
  await holdpoint.ask({ agent: 'slow', tool: 'pay.send', params: { order_id: 'B-3' } })
  await holdpoint.ask({ agent: 'payer', tool: 'mail', params: { order_id: 'B-4' } })
  const { queue, filters, rows } = await openQueue(page, holdpoint)
  await expect(rows).toHaveCount(4)
  // whoever is in a project without such rules never sees what they are for
  await expect(filters.getByRole('button', { name: 'Mine' })).toHaveCount(0)

  // while it is typed, and the typing goes on
  const tool = filters.getByRole('textbox', { name: 'Tool' })
  await tool.pressSequentially('pay.')
  await expect(page).toHaveURL(/\?tool=pay\.$/)
  await expect(tool).toBeFocused()
  await tool.pressSequentially('*')
  await expect(queue.getByText('3 match of 4')).toBeVisible()
  await expect(tool).toBeFocused()
  await expect(tool).toHaveValue('pay.*')

  const rule = filters.getByRole('combobox', { name: 'Rule' })
  await rule.focus()
  await expect(rule.getByRole('option')).toHaveText(['All rules', 'param.amount > 1000', '*'])
  await rule.selectOption('param.amount > 1000')
  await expect(queue.getByText('2 match of 4')).toBeVisible()
  await expect(rule).toBeFocused()
  await expect(page).toHaveURL(/rule=param\.amount\+%3E\+1000/)
  await checkAccessibility(page)
  await rule.selectOption('All rules')
  await expect(queue.getByText('3 match of 4')).toBeVisible()
  await filters.getByRole('combobox', { name: 'Due' }).selectOption('< 1 h')
  await expect(rows).toContainText(['B-1', 'B-2'])
  await expect(queue.getByText('2 match of 4')).toBeVisible()
  await filters.getByRole('combobox', { name: 'Due' }).selectOption('< 10 min')
  await expect(page.getByText('No pending request matches these filters')).toBeVisible()
  // what comes in and fits is shown, what does not is not
  await deploy(holdpoint, 'hasty', 'approval:\n  tools: ["*"]\n  timeout: 300\n')
  await holdpoint.ask({ agent: 'hasty', tool: 'mail', params: { order_id: 'NOT-THIS' } })
  await holdpoint.ask({ agent: 'hasty', tool: 'pay.send', params: { order_id: 'B-5' } })
  await expect(rows).toContainText(['B-5'])
  await expect(queue.getByText('1 match of 6')).toBeVisible()

  for (const width of [390, 768]) {
    await page.setViewportSize({ width, height: 844 })
    await expect.poll(() => overflowOf(page)).toBe(0)
    for (const name of ['Agent', 'Rule', 'Due', 'Sort'])
      await expect(filters.getByRole('combobox', { name })).toBeInViewport({ ratio: 1 })
    await checkAccessibility(page)
  }
  await filters.getByRole('button', { name: 'Clear filters' }).click()
  await expect(queue.getByText('6 requests wait')).toBeVisible()
  await expect(tool).toHaveValue('')
  await expect(page).toHaveURL(/\/approvals$/)
})

test('who is asked by name sees what is theirs, and the rest when they say so', async ({
  page,
  holdpoint,
  checkAccessibility,
}) => {
  await deploy(holdpoint, 'payer')
  const { body: group } = await holdpoint.call(
    'POST',
    '/api/groups',
    { slug: 'finance', name: 'Finance' },
    holdpoint.ownerToken,
  )
  const ann = await holdpoint.test.member('reviewer')
  await holdpoint.call(
    'PUT',
    `/api/groups/${String(group.id)}/members/${ann.actor.id}`,
    undefined,
    holdpoint.ownerToken,
  )
  await deploy(holdpoint, 'law', 'approval:\n  tools:\n    - file:\n        reviewers: role:owner\n')
  await holdpoint.ask({ agent: 'payer', tool: 'wire', params: { order_id: 'WIRE' } })
  await holdpoint.ask({ agent: 'law', tool: 'file', params: { order_id: 'FILE' } })
  await holdpoint.ask({ agent: 'payer', tool: 'mail', params: { order_id: 'MAIL' } })

  await holdpoint.signIn(page, ann.actor.id)
  const { queue, filters, rows } = await openQueue(page, holdpoint)
  const mine = filters.getByRole('button', { name: 'Mine' })
  await expect(mine).toHaveAttribute('aria-pressed', 'true')
  await expect(rows).toHaveCount(2)
  await expect(rows).not.toContainText(['FILE', 'FILE'])
  await expect(queue.getByText('2 match of 3')).toBeVisible()
  await checkAccessibility(page)
  await mine.focus()
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\?mine=false$/)
  await expect(rows).toHaveCount(3)
  await expect(mine).toBeFocused()
  await expect(mine).toHaveAttribute('aria-pressed', 'false')
  // a filter that is cleared changes nothing of it
  await filters.getByRole('combobox', { name: 'Agent' }).selectOption('law')
  await expect(queue.getByText('1 match of 3')).toBeVisible()
  await filters.getByRole('button', { name: 'Clear filters' }).click()
  await expect(page).toHaveURL(/\?mine=false$/)
  await page.goto(`${holdpoint.url}/${holdpoint.project}/approvals`)
  await expect(rows).toHaveCount(2)

  // who is asked for nothing by a name sees all
  const ben = await holdpoint.test.member('reviewer')
  await holdpoint.signIn(page, ben.actor.id)
  await page.goto(`${holdpoint.url}/${holdpoint.project}/approvals`)
  await expect(rows).toHaveCount(3)
  await expect(mine).toHaveAttribute('aria-pressed', 'false')
  await mine.click()
  await expect(rows).toHaveText([/MAIL/])
})

test('groups say how many and how old, open to their requests, and follow what comes', async ({
  page,
  holdpoint,
  checkAccessibility,
}) => {
  await deploy(holdpoint, 'mailer')
  const first = await holdpoint.ask({ agent: 'mailer', tool: 'mail.send', params: { to: 'a@b.c' } })
  await holdpoint.ask({ run_id: first.run_id, tool: 'mail.send', params: { to: 'b@b.c' } })
  await holdpoint.ask({ tool: 'pay.refund', params: { amount: 1, order_id: 'G-1' } })
  const { queue, filters, rows } = await openQueue(page, holdpoint)
  await filters.getByRole('combobox', { name: 'Group' }).selectOption('By tool')
  const groups = queue.getByRole('list', { name: 'Groups by tool' }).getByRole('listitem')
  await expect(groups).toHaveText([/^mail\.send2.*mailer · oldest \d+ m?s/, /^pay\.refund1.*tester · oldest/])
  await expect(queue.getByText('3 requests wait in 2 groups')).toBeVisible()
  await checkAccessibility(page)
  await holdpoint.ask({ tool: 'mail.send', params: { to: 'c@b.c' } })
  await expect(groups.first()).toContainText('several agents')
  await expect(groups.first()).toContainText('3')

  // by the keyboard into a group and back
  const link = groups.first().getByRole('link')
  await link.focus()
  await page.keyboard.press('j')
  await expect(groups.last().getByRole('link')).toBeFocused()
  await page.keyboard.press('k')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/group=tool/)
  await expect(page).toHaveURL(/tool=mail\.send/)
  await expect(rows).toHaveCount(3)
  await expect(queue.getByText('3 match of 4')).toBeVisible()
  await queue.getByRole('link', { name: 'All groups by tool' }).click()
  await expect(groups).toHaveCount(2)

  // a run is called by what it is about, where it says that
  const about = await holdpoint.call('POST', '/api/runs', {
    agent: 'mailer',
    input: { message: 'The lamp arrived broken.' },
  })
  await holdpoint.ask({ run_id: String(about.body.id), tool: 'mail.send', params: { to: 'd@b.c' } })
  await filters.getByRole('combobox', { name: 'Group' }).selectOption('By run')
  const runs = queue.getByRole('list', { name: 'Groups by run' }).getByRole('listitem')
  await expect(runs).toHaveCount(4)
  await expect(runs.filter({ hasText: 'The lamp arrived broken.' })).toHaveText(
    /broken\.1.*mailer · mail\.send/,
  )
  await runs.filter({ hasText: first.run_id }).getByRole('link').click()
  await expect(rows).toHaveCount(2)
  await expect(queue.getByText('2 match of 5')).toBeVisible()
  // a wildcard leaves the groups that it fits
  await page.goto(`${holdpoint.url}/${holdpoint.project}/approvals?group=tool&tool=pay.*`)
  await expect(groups).toHaveText([/^pay\.refund1/])
  await filters.getByRole('button', { name: 'Clear filters' }).click()
  await expect(rows).toHaveCount(5)
  await page.setViewportSize({ width: 390, height: 844 })
  await filters.getByRole('combobox', { name: 'Group' }).selectOption('By agent')
  await expect(queue.getByRole('list', { name: 'Groups by agent' }).getByRole('listitem')).toHaveText([
    /^mailer3/,
    /^tester2/,
  ])
  await expect.poll(() => overflowOf(page)).toBe(0)
  await checkAccessibility(page)
})

test('all that match are selected as they are at one moment: nothing that came or changed since is decided', async ({
  page,
  holdpoint,
}) => {
  const config = `approval:
  tools:
    - pay: { edit: true, reviewers: { from: role:reviewer, approvals: 2 } }
`
  await deploy(holdpoint, 'bulk', config)
  const askOne = (at: number) =>
    holdpoint.ask({ agent: 'bulk', tool: 'pay', params: { order_id: `S-${at}`, amount: at } })
  await holdpoint.ask({ tool: 'mail', params: { order_id: 'OTHER' } })
  const asked: Awaited<ReturnType<typeof askOne>>[] = []
  for (let at = 0; at < 120; at += 10)
    asked.push(...(await Promise.all(Array.from({ length: 10 }, (_, n) => askOne(at + n)))))
  const changeParams = async ({ id, digest }: (typeof asked)[number]) => {
    const path = `/api/approvals/${id}/decisions`
    const input = { decision: 'approve', digest, params: { order_id: 'CHANGED', amount: 1 } }
    const { status } = await holdpoint.call('POST', path, input, holdpoint.reviewerToken)
    expect(status).toBe(201)
  }
  const { queue } = await openQueue(page, holdpoint, '?tool=pay')
  await expect(queue.getByText('120 match of 121')).toBeVisible()
  await queue.getByLabel('Select all that are loaded').check()
  const reads: string[] = []
  page.on('request', (request) => {
    const { pathname, searchParams } = new URL(request.url())
    if (pathname.startsWith('/api/approvals') && pathname !== '/api/approvals/stream')
      reads.push(searchParams.has('cursor') ? 'page' : pathname)
  })
  await queue.getByRole('button', { name: 'Select all 120 that match' }).click()
  await expect(queue.getByText('120 selected')).toBeVisible()
  expect(reads.filter((read) => read === 'page')).toEqual([])
  expect(reads).toContain('/api/approvals/digests')

  const [early, later] = [asked[119], asked[118]]
  if (!early || !later) throw new Error('fewer were asked for')
  await changeParams(early)
  const late = await askOne(120)
  await expect(queue.getByText('121 match of 122')).toBeVisible()
  await queue.getByRole('button', { name: 'Reject 120 selected' }).click()
  const dialog = page.getByRole('dialog', { name: /^Reject 1\d\d requests\?$/ })
  await expect(dialog).toContainText('1 was changed since it was selected')
  await dialog.getByRole('button', { name: 'Show all 119 requests' }).click()
  await changeParams(later)
  await dialog.getByRole('button', { name: 'Confirm reject 119 requests' }).click()
  const result = page.getByRole('dialog', { name: 'What became of 119 requests' })
  await expect(page.getByText('118 of 119 requests rejected.')).toBeVisible()
  await result.getByRole('button', { name: 'Show all 119 requests' }).click()
  await expect(result.getByText('Not recorded:')).toHaveCount(1)
  for (const { id } of [early, later, late])
    expect((await holdpoint.call('GET', `/api/approvals/${id}`)).body.status).toBe('pending')
  await result.getByRole('button', { name: 'Close' }).last().click()
  await expect(queue.getByText('3 match of 4')).toBeVisible()
})

test('on paper stands the request that is open, all of it and nothing to press', async ({
  page,
  holdpoint,
}) => {
  const params = Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`field_${at}`, `value ${at}`]))
  await holdpoint.ask({ params })
  const { queue } = await openQueue(page, holdpoint)
  const request = page.getByRole('region', { name: 'Request' })
  await request.getByRole('button', { name: 'Show all 300 values' }).click()
  await expect(request.getByText('field_299')).toBeAttached()
  await page.emulateMedia({ media: 'print' })
  await expect(queue).toBeHidden()
  await expect(page.getByRole('search')).toBeHidden()
  await expect(request.getByText('field_299')).toBeVisible()
  await expect(request.getByRole('button')).toHaveCount(0)
  const cutBy = await request.getByText('field_299').evaluate((field) => {
    const frames: string[] = []
    for (let frame = field.parentElement; frame; frame = frame.parentElement)
      if (getComputedStyle(frame).overflowY !== 'visible' && frame.scrollHeight > frame.clientHeight + 1)
        frames.push(frame.className)
    return frames
  })
  expect(cutBy).toEqual([])
  expect(await page.evaluate(() => document.documentElement.scrollHeight > window.innerHeight)).toBe(true)
})

test('the page stays in sight, with the focus, while a part of it is on its way', async ({
  page,
  holdpoint,
}) => {
  await holdpoint.ask()
  const { queue, rows } = await openQueue(page, holdpoint)
  await expect(rows).toHaveCount(1)
  let letGo = () => {}
  const gone = new Promise<void>((resolve) => (letGo = resolve))
  await page.route('**/_next/static/chunks/**/*.js', async (route) => {
    await gone
    await route.continue()
  })
  const box = queue.getByLabel('Select all that are loaded')
  const wanted = page.waitForRequest('**/_next/static/chunks/**/*.js')
  await box.focus()
  await page.keyboard.press('Space')
  await wanted
  await expect(box).toBeChecked()
  await expect(box).toBeFocused()
  await expect(rows.first()).toBeVisible()
  letGo()
  await expect(queue.getByRole('button', { name: 'Reject 1 selected' })).toBeVisible()
  await expect(box).toBeFocused()
})

test('no choice of the filters is cut at any width', async ({ page, holdpoint }) => {
  const cut = () =>
    page.getByRole('search', { name: 'Filter approvals' }).evaluate((filters) => {
      const pen = document.createElement('canvas').getContext('2d')
      return [...filters.querySelectorAll('select')].flatMap((choice) => {
        const look = getComputedStyle(choice)
        if (pen) pen.font = `${look.fontWeight} ${look.fontSize} ${look.fontFamily}`
        const room = choice.clientWidth - parseFloat(look.paddingLeft) - parseFloat(look.paddingRight)
        const words = choice.selectedOptions[0]?.text ?? ''
        return (pen?.measureText(words).width ?? 0) > room ? [words] : []
      })
    })
  for (const width of [360, 390, 820, 1440]) {
    await page.setViewportSize({ width, height: 844 })
    for (const filter of ['', '?status=decided', '?sort=largest&cue=claims_approval'])
      await test.step(`${width} px ${filter}`, async () => {
        await page.goto(`/${holdpoint.project}/approvals${filter}`)
        expect(await cut()).toEqual([])
      })
  }
})
