import { eq } from 'drizzle-orm'
import { approvals } from '@/db/schema/approvals'
import { mails } from '@/db/schema/notices'
import { expect, test } from '@/lib/testing/e2e'

test('fetching every link of a mail fifty times, with and without a session, decides nothing', async ({
  page,
  holdpoint,
}) => {
  const { db } = holdpoint.database
  const approval = await holdpoint.ask()
  const mail = async () =>
    (await db.select().from(mails).where(eq(mails.recipient, holdpoint.ownerEmail))).find(
      ({ kind }) => kind === 'approval',
    )
  await expect.poll(mail).toBeTruthy()
  const { html = '', text = '' } = (await mail()) ?? {}
  const found =
    `${html} ${text} ${approval.url}`.replaceAll('&amp;', '&').match(/http:\/\/127[^\s"<>)]+/g) ?? []
  const links = [...new Set(found)]
  expect(links).toContain(approval.url)
  const stateOf = async () =>
    (await db.select().from(approvals).where(eq(approvals.id, approval.id))).map(({ status }) => status)
  for (const link of links) {
    const asStranger = () => fetch(link)
    const signedIn = () => page.request.get(link)
    for (let i = 0; i < 50; i += 10) {
      await Promise.all(Array.from({ length: 10 }, () => Promise.all([asStranger(), signedIn()])))
    }
  }
  expect(await stateOf()).toEqual(['pending'])
  await page.goto(approval.url)
  const request = page.getByRole('region', { name: 'Request' })
  await expect(request.getByText(`Digest ${approval.digest.slice(7, 15)}`)).toBeVisible()
  expect(await stateOf()).toEqual(['pending'])
})
