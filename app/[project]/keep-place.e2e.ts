import { sql } from 'drizzle-orm'
import { expect, test } from '@/lib/testing/e2e'

const said = 'The server cannot be reached; trying again'

test('without the server a link keeps the page and what was typed, and is followed later', async ({
  page,
  context,
  holdpoint,
}) => {
  await page.goto(`${holdpoint.url}/${holdpoint.project}/settings/members`)
  await page.getByLabel('E-mail').fill('half-typed@example.com')
  await context.setOffline(true)
  await page.getByRole('link', { name: 'Audit' }).first().click()
  await expect(page.getByText(said)).toBeVisible()
  await expect(page.getByLabel('E-mail')).toHaveValue('half-typed@example.com')
  await context.setOffline(false)
  await expect(page.getByRole('heading', { name: 'Audit', level: 1 })).toBeVisible()
  await expect(page.getByText(said)).toHaveCount(0)
})

test('an ended session leaves the page with what was typed, until the same person is back', async ({
  page,
  holdpoint,
  checkAccessibility,
}) => {
  await page.goto(`${holdpoint.url}/${holdpoint.project}/settings/project`)
  await page.getByLabel('Name').fill('Half typed')
  const owner = await holdpoint.database.db.execute<{ id: string }>(
    sql`select id from users where email = ${holdpoint.ownerEmail}`,
  )
  await holdpoint.database.db.execute(sql`delete from sessions where user_id = ${owner[0]!.id}`)
  // what the page reads by itself may find out first: then the dialog lies over the button, and no click comes through
  await page.getByRole('button', { name: 'Save settings', includeHidden: true }).dispatchEvent('click')
  const dialog = page.getByRole('dialog', { name: 'You were signed out' })
  await expect(dialog).toBeVisible()
  // where it was pressed it is told to a person, not to a program
  await expect(page.getByText('Sign in again; what you typed is kept.')).toBeAttached()
  await expect(dialog.getByRole('link', { name: 'Sign in on this page' })).toHaveAttribute(
    'href',
    `/sign-in?return_to=%2F${holdpoint.project}%2Fsettings%2Fproject`,
  )
  await checkAccessibility(page)
  await holdpoint.signIn(page, owner[0]!.id)
  await expect(dialog).toBeHidden()
  await expect(page.getByLabel('Name')).toHaveValue('Half typed')
  await page.getByRole('button', { name: 'Save settings' }).click()
  await expect(page.getByText('settings are saved')).toBeVisible()
})

test('an ended session is told where what tells how to sign in cannot be read, until it can', async ({
  page,
  holdpoint,
}) => {
  await page.goto(`${holdpoint.url}/${holdpoint.project}/settings/project`)
  const owner = await holdpoint.database.db.execute<{ id: string }>(
    sql`select id from users where email = ${holdpoint.ownerEmail}`,
  )
  await holdpoint.database.db.execute(sql`delete from sessions where user_id = ${owner[0]!.id}`)
  const scripts = /\/_next\/static\/chunks\//
  await page.route(scripts, (route) => route.abort())
  await page.getByRole('button', { name: 'Save settings', includeHidden: true }).dispatchEvent('click')
  await expect(page.getByText('You are signed out.')).toBeVisible()
  await page.unroute(scripts)
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect(page.getByRole('dialog', { name: 'You were signed out' })).toBeVisible()
})
