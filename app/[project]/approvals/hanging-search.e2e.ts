import { sql } from 'drizzle-orm'
import { openDatabase } from '@/db/client'
import { expect, test } from '@/lib/testing/e2e'
import { fillApprovals } from '@/lib/testing/many-approvals'

test('the queue is there and takes a decision while the search for what was decided hangs', async ({
  page,
  holdpoint,
}) => {
  const { db, url: databaseUrl } = holdpoint.database
  await fillApprovals(db, holdpoint.test.project.id, 'hng', 400)
  const { id } = await holdpoint.ask({ params: { order_id: 'needle-4711' } })
  const other = openDatabase(databaseUrl, 1)
  try {
    // Only what looks into the index of texts reads it: what was decided does, of the few that are pending none.
    await other.db.transaction(async (tx) => {
      await tx.execute(sql`lock table approval_search_queue in access exclusive mode`)
      await page.goto(`${holdpoint.url}/${holdpoint.project}/approvals?q=needle-4711`, {
        waitUntil: 'commit',
      })
      const queue = page.getByRole('region', { name: 'Pending approvals' })
      const row = queue.getByRole('listitem').filter({ hasText: 'needle-4711' })
      await expect(row.getByRole('time').first()).toHaveAttribute('title', / · /)
      await expect(page.getByText('Loading what was decided')).toBeAttached()
      await row.getByRole('button', { name: 'Reject' }).click()
      await row.getByRole('button', { name: /^Confirm reject/ }).click()
      await expect(row).toContainText('Rejected')
      await expect(page.getByText('Loading what was decided')).toBeAttached()
    })
  } finally {
    await other.close()
  }
  await expect(page.getByRole('list', { name: 'Decided approvals' })).toContainText('needle-4711')
  expect((await holdpoint.call('GET', `/api/approvals/${id}`)).body).toMatchObject({ status: 'rejected' })
})
