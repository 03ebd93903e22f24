import { sql } from 'drizzle-orm'
import { openDatabase } from '@/db/client'
import { expect, test } from '@/lib/testing/e2e'
import { fillApprovals } from '@/lib/testing/many-approvals'

test('a search for what was decided that hangs takes no page with it', async ({ page, holdpoint }) => {
  const { db, url: databaseUrl } = holdpoint.database
  await fillApprovals(db, holdpoint.test.project.id, 'hng', 400)
  const other = openDatabase(databaseUrl, 1)
  try {
    // Only what looks into the index of texts reads it: what was decided does, of the few that are pending none.
    await other.db.transaction(async (tx) => {
      await tx.execute(sql`set local idle_in_transaction_session_timeout = 0`)
      await tx.execute(sql`lock table approval_search_queue in access exclusive mode`)
      await page.goto(`${holdpoint.url}/${holdpoint.project}/approvals?status=decided&q=needle-4711`)
      await expect(page.getByText('Loading approvals')).toBeAttached()
      await expect(page.getByLabel('Search')).toHaveValue('needle-4711')
      await expect(page.getByText('Nothing decided matches these filters')).toHaveCount(0)
    })
  } finally {
    await other.close()
  }
  await expect(page.getByText('Nothing decided matches these filters')).toBeVisible()
})
