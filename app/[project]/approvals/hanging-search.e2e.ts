import { sql } from 'drizzle-orm'
import { openDatabase } from '@/db/client'
import { expect, test } from '@/lib/testing/e2e'
import { fillApprovals } from '@/lib/testing/many-approvals'

test('the queue is there and can be worked in while the search for what was decided hangs', async ({
  page,
  holdpoint,
}) => {
  const { db, url: databaseUrl } = holdpoint.database
  await fillApprovals(db, holdpoint.test.project.id, 'hng', 400)
  await holdpoint.ask({ params: { order_id: 'needle-4711' } })
  const other = openDatabase(databaseUrl, 1)
  try {
    // Only what looks into the index of texts reads it: what was decided does, of the few that are pending none.
    await other.db.transaction(async (tx) => {
      await tx.execute(sql`set local idle_in_transaction_session_timeout = 0`)
      await tx.execute(sql`lock table approval_search_queue in access exclusive mode`)
      await page.goto(`${holdpoint.url}/${holdpoint.project}/approvals?q=needle-4711`, {
        waitUntil: 'commit',
      })
      await expect(page.getByText('Loading what was decided')).toBeAttached()
      const queue = page.getByRole('region', { name: 'Pending approvals' })
      const row = queue.getByRole('listitem').filter({ hasText: 'needle-4711' })
      await expect(row.getByRole('time').first()).toHaveAttribute('title', / · /)
      // a click of Playwright's own waits for the page to have loaded, which it has not
      await row.getByRole('button', { name: /^Reject/ }).dispatchEvent('click')
      await expect(row.getByRole('form', { name: /^Reject/ })).toBeVisible()
      await expect(page.getByText('Nothing decided matches these filters')).toHaveCount(0)
    })
  } finally {
    await other.close()
  }
  await expect(page.getByText('Nothing decided matches these filters')).toBeVisible()
})
