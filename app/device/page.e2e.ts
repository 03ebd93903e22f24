import { eq } from 'drizzle-orm'
import type { Browser } from '@playwright/test'
import { keys } from '@/db/schema/identity'
import { expect, test, type Holdpoint } from '@/lib/testing/e2e'
import { makeTestProject } from '@/lib/testing/project'

const machine = 'holdpoint of ann on laptop'

type Login = { device_code: string; user_code: string; verification_uri_complete: string }

async function begin({ call }: Holdpoint, name = machine): Promise<Login> {
  const { status, body } = await call('POST', '/api/device', { client_name: name })
  expect(status).toBe(200)
  return body as unknown as Login
}

const redeem = ({ call }: Holdpoint, { device_code }: Login) =>
  call('POST', '/api/device/token', { device_code })

/** A browser in which nobody is signed in. */
const stranger = async (browser: Browser) => (await browser.newContext()).newPage()

test('a person compares the code and lets a command act as them', async ({
  page,
  holdpoint,
  checkAccessibility,
}) => {
  const login = await begin(holdpoint)
  const { pathname, search } = new URL(login.verification_uri_complete)
  await page.goto(pathname + search)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Let a command act as you?')
  await expect(page.getByText(login.user_code)).toBeVisible()
  await expect(page.getByText(machine)).toBeVisible()
  await expect(page.getByText(holdpoint.ownerEmail)).toBeVisible()
  await checkAccessibility(page)
  // nothing was confirmed by opening it
  expect((await redeem(holdpoint, login)).body.code).toBe('authorization_pending')
  await page.getByRole('button', { name: 'Let it act as me' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Logged in')
  await checkAccessibility(page)
  const { status, body } = await redeem(holdpoint, login)
  expect(status).toBe(200)
  const me = await holdpoint.call('GET', '/api/me', undefined, String(body.access_token))
  expect(me.body).toMatchObject({ kind: 'personal_token', member: { email: holdpoint.ownerEmail } })
  await page.goto(`/${holdpoint.project}/settings/keys`)
  await expect(page.getByText(machine)).toBeVisible()
  await page.goto(pathname + search)
  await expect(page.getByLabel('Code')).toHaveAccessibleDescription(/This code is not open/)
})

test('who is in several projects says for which', async ({ page, holdpoint }) => {
  const other = await makeTestProject(holdpoint.database.db)
  await other.member('viewer', holdpoint.ownerEmail)
  const login = await begin(holdpoint)
  await page.goto(`/device?code=${login.user_code}`)
  await page.getByLabel('Project').selectOption({ label: `${other.project.name} (viewer)` })
  await page.getByRole('button', { name: 'Let it act as me' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Logged in')
  const { body } = await redeem(holdpoint, login)
  const me = await holdpoint.call('GET', '/api/me', undefined, String(body.access_token))
  expect(me.body).toMatchObject({ project: { slug: other.project.slug }, member: { role: 'viewer' } })
})

test('a no makes nothing, and the command is told', async ({ page, holdpoint }) => {
  const login = await begin(holdpoint, 'holdpoint <b>of\u200b nobody</b>')
  await page.goto(`/device?code=${login.user_code}`)
  await expect(page.getByText('<b>of')).toBeVisible()
  await page.getByRole('button', { name: 'Deny' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Denied')
  expect((await redeem(holdpoint, login)).body.code).toBe('access_denied')
  const { db } = holdpoint.database
  expect(await db.select().from(keys).where(eq(keys.name, 'holdpoint <b>of\u200b nobody</b>'))).toEqual([])
})

test('the code may be typed, in any case; what is none is told at the field', async ({
  page,
  holdpoint,
  checkAccessibility,
}) => {
  const login = await begin(holdpoint)
  await page.goto('/device')
  await checkAccessibility(page)
  await page.getByLabel('Code').fill('abcd')
  await page.getByRole('button', { name: 'Go on' }).click()
  await expect(page.getByLabel('Code')).toHaveAccessibleDescription(/This code is not open/)
  await checkAccessibility(page)
  await page.getByLabel('Code').fill(login.user_code.toLowerCase().replace('-', ''))
  await page.getByRole('button', { name: 'Go on' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Let a command act as you?')
})

test('a stranger signs in first, and a mail scanner’s GETs confirm nothing', async ({
  browser,
  holdpoint,
}) => {
  const login = await begin(holdpoint)
  const page = await stranger(browser)
  await page.goto(`${holdpoint.url}/device?code=${login.user_code}`)
  await expect(page).toHaveURL(`${holdpoint.url}/sign-in?return_to=%2Fdevice%3Fcode%3D${login.user_code}`)
  await expect(page.getByText(machine)).toBeHidden()
  expect((await redeem(holdpoint, login)).body.code).toBe('authorization_pending')
})
