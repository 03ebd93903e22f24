import { readFile } from 'node:fs/promises'
import { sql } from 'drizzle-orm'
import { expect, test } from '@/lib/testing/e2e'

const params = { amount: 2400, order_id: 'ORD-1287', note: 'a\u202eb', nested: { reason: 'late' } }

test('a decision is on record with the exact params', async ({ page, holdpoint, checkAccessibility }) => {
  const approval = await holdpoint.ask({ params })
  const decided = await holdpoint.call(
    'POST',
    `/api/approvals/${approval.id}/decisions`,
    { decision: 'reject', reason: 'Not this one.' },
    holdpoint.ownerToken,
  )
  expect(decided.status).toBe(201)
  await page.goto(`${holdpoint.url}/${holdpoint.project}/audit`)
  const entry = page.getByRole('listitem', { name: 'approval.rejected' })
  await expect(entry).toContainText(
    new RegExp(
      `${holdpoint.ownerEmail} rejected order_tools\\.process_refund .* for tester, .* after it was asked “Not this one\\.”`,
    ),
  )
  await expect(entry).toContainText(/#\d+/)
  await entry.getByRole('button', { name: /^Details of approval\.rejected/ }).click()
  await expect(entry).toContainText(approval.digest)
  await expect(entry).toContainText('a⟨U+202E⟩b')
  await expect(entry).toContainText('Not this one.')
  await entry.getByRole('button', { name: 'Raw JSON' }).first().click()
  await expect(entry).toContainText('"order_id": "ORD-1287"')
  await checkAccessibility(page)

  await entry.getByRole('link', { name: 'run', exact: true }).click()
  await expect(page.getByRole('dialog')).toContainText('Not this one.')
})

test('entries come by themselves and get their seal', async ({ page, holdpoint }) => {
  await page.goto(`${holdpoint.url}/${holdpoint.project}/audit`)
  await expect(page.getByRole('listitem', { name: 'agent.deployed' })).toHaveCount(2)
  const { id } = await holdpoint.ask()
  await holdpoint.call(
    'POST',
    `/api/approvals/${id}/decisions`,
    { decision: 'approve' },
    holdpoint.ownerToken,
  )
  await expect(page.getByRole('listitem', { name: 'approval.approved' })).toContainText(/#\d+/)
})

test('an entry that came without its seal is looked at again in a moment', async ({ page, holdpoint }) => {
  const entry = page.getByRole('listitem', { name: 'approval.approved' })
  const path = `/api/approvals/${(await holdpoint.ask()).id}/decisions`
  await holdpoint.database.db.transaction(async (tx) => {
    await tx.execute(sql`set local idle_in_transaction_session_timeout = 0`)
    // nothing is sealed meanwhile
    await tx.execute(sql`select pg_advisory_xact_lock(7340215)`)
    await holdpoint.call('POST', path, { decision: 'approve' }, holdpoint.ownerToken)
    await page.goto(`${holdpoint.url}/${holdpoint.project}/audit`)
    await expect(entry).toBeVisible()
    await expect(entry).not.toContainText(/#\d+/)
  })
  await expect(entry).toContainText(/#\d+/, { timeout: 10_000 })
})

test('the chain verifies', async ({ page, holdpoint }) => {
  await holdpoint.ask()
  // entries get their numbers a moment later, and until then the chain has another head
  const numbers = async () => {
    const { body } = await holdpoint.call('GET', '/api/audit?limit=100', undefined, holdpoint.ownerToken)
    return (body.items as { seq: number | null }[]).map(({ seq }) => seq)
  }
  await expect.poll(numbers).not.toContain(null)
  await page.goto(`${holdpoint.url}/${holdpoint.project}/audit`)
  await page.getByRole('button', { name: 'Verify the chain' }).click()
  const { body } = await holdpoint.call('GET', '/api/audit/verify', undefined, holdpoint.ownerToken)
  await expect(page.getByText(`The chain holds: ${String(body.checked)} entries, all sound.`)).toBeVisible()
  await expect(page.getByText(String(body.head), { exact: true }).filter({ visible: true })).toHaveCount(1)
  await page.reload()
  await expect(page.getByText(/Sealed to entry [\d,]+ · .* · head [0-9a-f]{8}/)).toBeVisible()
  await expect(page.getByText('Entry', { exact: true })).toHaveCount(0)
  await page.evaluate(() => window.dispatchEvent(new Event('beforeprint')))
  await page.emulateMedia({ media: 'print' })
  await expect(page.getByText('Entry', { exact: true }).first()).toBeVisible()
  await expect(page.getByRole('button', { name: 'Verify the chain' })).toBeHidden()
  await expect(page.getByRole('navigation').first()).toBeHidden()
})

test('filters live in the address, and a name is found or said to be nobody’s', async ({
  page,
  holdpoint,
  checkAccessibility,
}) => {
  const { id } = await holdpoint.ask()
  await holdpoint.call(
    'POST',
    `/api/approvals/${id}/decisions`,
    { decision: 'approve' },
    holdpoint.ownerToken,
  )
  await page.goto(`${holdpoint.url}/${holdpoint.project}/audit`)
  const entries = page.getByRole('list', { name: 'Audit entries' }).getByRole('listitem')
  await page.getByLabel('Action').selectOption('approval.approved')
  await expect(page).toHaveURL(/\?action=approval\.approved$/)
  await expect(entries).toHaveCount(1)

  await page.getByLabel('About').fill(id)
  await page.getByLabel('Since (UTC)').fill('2026-01-01T00:00')
  await page.getByRole('button', { name: 'Filter', exact: true }).click()
  await expect(page).toHaveURL(/since=2026-01-01T00%3A00%3A00\.000Z/)
  await expect(entries).toHaveCount(1)
  await page.getByLabel('Until (UTC)').fill('2026-01-02T00:00')
  await page.getByRole('button', { name: 'Filter', exact: true }).click()
  await expect(page.getByText('No entry matches these filters')).toBeVisible()
  await page.getByRole('button', { name: 'Clear' }).click()
  await expect(page).toHaveURL(/\/audit$/)
  await expect(page.getByRole('listitem', { name: 'agent.deployed' })).toHaveCount(2)

  await page.getByLabel('By').fill(holdpoint.ownerEmail.toUpperCase())
  await page.getByLabel('By').press('Enter')
  await expect(entries).toHaveCount(1)
  await expect(entries).toContainText(holdpoint.ownerEmail)
  await page.getByLabel('By').fill(holdpoint.ownerEmail.split('@')[0] ?? '')
  await page.getByRole('button', { name: 'Filter', exact: true }).click()
  await expect(page.getByText('No member or key is called')).toBeVisible()
  await expect(page.getByText('No entry matches')).toHaveCount(0)
  await checkAccessibility(page)
  await page.getByRole('link', { name: holdpoint.ownerEmail }).click()
  await expect(entries).toHaveCount(1)
  await expect(page.getByLabel('By')).toHaveValue(holdpoint.ownerEmail)
})

test('further entries are loaded, and the log can be taken away', async ({ page, holdpoint }) => {
  for (let version = 2; version <= 52; version++) {
    await fetch(`${holdpoint.url}/api/agents/tester`, {
      method: 'PUT',
      headers: { Authorization: `Bearer ${holdpoint.agentKey}`, 'Content-Type': 'application/yaml' },
      body: `approval:\n  tools:\n    - "*"\n  timeout: ${version + 60}\n`,
    })
  }
  await page.goto(`${holdpoint.url}/${holdpoint.project}/audit`)
  const entries = page.getByRole('list', { name: 'Audit entries' }).getByRole('listitem')
  await expect(entries).toHaveCount(50)
  await page.getByRole('button', { name: 'Load more' }).click()
  await expect(page.getByRole('listitem', { name: 'project.created' })).toBeVisible()

  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Export NDJSON' }).click(),
  ])
  expect(download.suggestedFilename()).toBe(`audit-${holdpoint.project}.ndjson`)
  const lines = (await readFile(await download.path(), 'utf8')).trimEnd().split('\n')
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ seq: 1, action: 'project.created' })
  expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({
    action: 'audit.exported',
    detail: { format: 'ndjson' },
  })
})

test('below admin the log stays shut', async ({ page, holdpoint, checkAccessibility }) => {
  const reviewer = await holdpoint.test.member('reviewer')
  await holdpoint.signIn(page, reviewer.actor.id)
  await page.goto(`${holdpoint.url}/${holdpoint.project}/audit`)
  await expect(page.getByText('The audit log is for admins and owners of this project')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Verify the chain' })).toHaveCount(0)
  await expect(page.getByRole('link', { name: 'Audit', exact: true })).toHaveCount(0)
  await checkAccessibility(page)
})
