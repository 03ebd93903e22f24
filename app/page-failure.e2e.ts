import { readFileSync } from 'node:fs'
import { sql } from 'drizzle-orm'
import { expect, test } from '@/lib/testing/e2e'

test('a page that fails leaves one line in the log, with its number and no param', async ({
  holdpoint,
  browser,
}) => {
  // A page of its own: React says on its console too that the page failed.
  const page = await browser.newPage()
  await holdpoint.signIn(page, (await holdpoint.test.member('reviewer')).actor.id)
  const approval = await holdpoint.ask({ params: { note: 'a-secret-param' } })
  await holdpoint.database.db.execute(
    sql`update tool_calls set params = '{a-secret-param' where run_id = ${approval.run_id}`,
  )
  const path = `/${holdpoint.project}/approvals`
  const answer = await page.goto(`${holdpoint.url}${path}?q=a-secret-param`)
  await expect(page.getByText('The approvals could not be read')).toBeVisible()

  const lines = readFileSync(process.env.E2E_LOG ?? '', 'utf8')
    .split('\n')
    .filter((line) => line.includes(`GET ${path}`))
  expect(lines).toHaveLength(1)
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    level: 'error',
    where: `GET ${path}`,
    request_id: answer?.headers()['x-request-id'],
    digest: expect.stringMatching(/\d+/),
  })
  expect(lines[0]).not.toContain('a-secret-param')
})
