import { eq } from 'drizzle-orm'
import type { Browser } from '@playwright/test'
import { mails } from '@/db/schema/notices'
import { inviteMember } from '@/lib/members/invite'
import { makeSignInToken, signInUrl } from '@/lib/members/sign-in-link'
import { expect, test, type Holdpoint } from '@/lib/testing/e2e'

/** A browser in which nobody is signed in. */
const stranger = async (browser: Browser) => (await browser.newContext()).newPage()

async function linkFor(holdpoint: Holdpoint, returnTo?: string): Promise<string> {
  return signInUrl(
    holdpoint.url,
    await makeSignInToken(holdpoint.database.db, holdpoint.ownerEmail, 'mail'),
    returnTo,
  )
}

test('a link asked for by mail is opened, confirmed by its button, and leads back', async ({
  browser,
  holdpoint,
  checkAccessibility,
}) => {
  const { url, project, ownerEmail, database } = holdpoint
  const page = await stranger(browser)
  await page.goto(`${url}/${project}/approvals?q=kept`)
  await expect(page).toHaveURL(/\/sign-in\?return_to=/)
  await checkAccessibility(page)
  await page.getByLabel('E-mail').fill(ownerEmail.toUpperCase())
  await page.getByRole('button', { name: 'Send me a sign-in link' }).click()
  await expect(page.getByText('is known here, a link is on its way')).toBeVisible()
  const [mail] = await database.db.select().from(mails).where(eq(mails.recipient, ownerEmail))
  const link = /http\S+\/sign-in\/confirm\S+/.exec(mail?.text ?? '')?.[0] ?? ''
  await page.goto(link)
  await expect(page.getByText(ownerEmail)).toBeVisible()
  await checkAccessibility(page)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page).toHaveURL(`${url}/${project}/approvals?q=kept`)
  await page.goto(link)
  await expect(page.getByRole('heading')).toHaveText('This link opens nothing any more')
})

test('an unknown e-mail gets the same answer and no mail', async ({ browser, holdpoint }) => {
  const page = await stranger(browser)
  await page.goto(`${holdpoint.url}/sign-in`)
  await page.getByLabel('E-mail').fill('nobody-at-all@example.com')
  await page.getByRole('button', { name: 'Send me a sign-in link' }).click()
  await expect(page.getByText('is known here, a link is on its way')).toBeVisible()
  const { db } = holdpoint.database
  expect(await db.select().from(mails).where(eq(mails.recipient, 'nobody-at-all@example.com'))).toEqual([])
})

test('what is no e-mail is told at the field, and stays typed', async ({ browser, holdpoint }) => {
  const page = await stranger(browser)
  await page.goto(`${holdpoint.url}/sign-in`)
  await page.getByLabel('E-mail').fill('nobody')
  await page.getByRole('button', { name: 'Send me a sign-in link' }).click()
  await expect(page.getByLabel('E-mail')).toHaveAccessibleDescription('An e-mail address.')
  await expect(page.getByLabel('E-mail')).toHaveValue('nobody')
})

test('a mail scanner’s GETs spend nothing; a return target elsewhere leads to our own start', async ({
  browser,
  holdpoint,
}) => {
  const link = await linkFor(holdpoint, '//evil.example/x')
  for (let i = 0; i < 3; i++) expect((await fetch(link)).headers.get('set-cookie')).toBeNull()
  const page = await stranger(browser)
  await page.goto(link)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page).toHaveURL(`${holdpoint.url}/${holdpoint.project}/approvals`)
  const cookie = (await page.context().cookies()).find(({ name }) => name === 'next-auth.session-token')
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/' })
})

test('an invitation shows what it is for, and its button makes a member', async ({
  browser,
  holdpoint,
  checkAccessibility,
}) => {
  const email = `invited@${holdpoint.project}.example.com`
  const { test: project } = holdpoint
  const ctx = { ...project.system, appUrl: holdpoint.url }
  const { invite_url: inviteUrl } = await inviteMember(ctx, { email, role: 'reviewer' })
  const page = await stranger(browser)
  await page.goto(inviteUrl)
  await expect(page.getByRole('heading')).toHaveText(`Join ${project.project.name}`)
  await expect(page.getByText('reviewer')).toBeVisible()
  await checkAccessibility(page)
  await page.getByRole('button', { name: 'Accept the invitation' }).click()
  await expect(page).toHaveURL(`${holdpoint.url}/${holdpoint.project}/approvals`)
  await page.goto(inviteUrl)
  await expect(page.getByRole('heading')).toHaveText('This invitation is not open any more')
})

test('a copied invitation does not open the account of somebody who is known', async ({
  browser,
  holdpoint,
}) => {
  const { test: project } = holdpoint
  const other = await project.member('viewer')
  await holdpoint.call('DELETE', `/api/members/${other.actor.id}`, undefined, holdpoint.ownerToken)
  const { invite_url: inviteUrl } = await inviteMember(
    { ...project.system, appUrl: holdpoint.url },
    { email: other.actor.email, role: 'viewer' },
  )
  const page = await stranger(browser)
  await page.goto(inviteUrl)
  await page.getByRole('button', { name: 'Accept the invitation' }).click()
  await expect(page.getByText(`Sign in as ${other.actor.email} first`)).toBeVisible()
  expect((await page.context().cookies()).filter(({ name }) => name.includes('session'))).toEqual([])
})

test('the first-run page is closed once somebody is known', async ({ browser, holdpoint }) => {
  const page = await stranger(browser)
  await page.goto(`${holdpoint.url}/setup?code=guess`)
  await expect(page).toHaveURL(/\/sign-in$/)
})
