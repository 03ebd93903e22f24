import AxeBuilder from '@axe-core/playwright'
import type { Browser, BrowserContextOptions, Page } from '@playwright/test'
import { expect, test } from '@/lib/testing/e2e'

/** A page that nobody is signed in to, and the errors on its console. */
async function stranger(browser: Browser, options?: BrowserContextOptions) {
  const context = await browser.newContext(options)
  const page = await context.newPage()
  const errors: string[] = []
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()))
  page.on('pageerror', (error) => errors.push(String(error)))
  return { page, errors }
}

/** Every control of a part of the viewer has a name, and its words can be read; the whole viewer takes axe a minute. */
async function expectNamed(page: Page, part: string) {
  const rules = ['button-name', 'label', 'select-name', 'scrollable-region-focusable', 'color-contrast']
  const { violations } = await new AxeBuilder({ page }).include(part).withRules(rules).analyze()
  expect(violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`))).toEqual([])
}

/** The names of the scripts that a page loads, and whether each comes from this server. */
async function scriptsOf(page: Page, url: string): Promise<string[]> {
  const sources = await page
    .locator('script[src]')
    .evaluateAll((all) => all.map((script) => (script as HTMLScriptElement).src))
  expect(sources.filter((source) => !source.startsWith(`${url}/`))).toEqual([])
  return sources
}

test('a stranger reads a guide, and goes on from it', async ({ browser, holdpoint, checkAccessibility }) => {
  const { page, errors } = await stranger(browser)
  await page.goto(`${holdpoint.url}/docs`)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Holdpoint documentation')
  await checkAccessibility(page)
  await page.getByRole('navigation', { name: 'Documentation' }).getByText('Policy language').click()
  await expect(page).toHaveURL(`${holdpoint.url}/docs/policy`)
  await expect(page.getByRole('link', { name: 'Policy language' })).toHaveAttribute('aria-current', 'page')
  await checkAccessibility(page)
  await page.getByRole('navigation', { name: 'On this page' }).getByText('Conditions').click()
  await expect(page).toHaveURL(/#conditions$/)
  await page
    .getByRole('navigation', { name: 'Before and after' })
    .getByRole('link', { name: /^Next/ })
    .click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Who decides')
  expect(errors).toEqual([])
})

test('by keyboard: past the navigation, into a sample, and copied', async ({ browser, holdpoint }) => {
  const { page, errors } = await stranger(browser, { permissions: ['clipboard-read', 'clipboard-write'] })
  await page.goto(`${holdpoint.url}/docs/policy`)
  await page.keyboard.press('Tab')
  await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.locator('#main')).toBeFocused()
  await page.locator('pre').first().focus()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('button', { name: 'Copied' })).toBeFocused()
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain('param.amount > 1000')
  expect(errors).toEqual([])
})

test('the page of an error says what it means and which calls answer it', async ({
  browser,
  holdpoint,
  checkAccessibility,
}) => {
  const { page } = await stranger(browser, { colorScheme: 'dark' })
  await page.goto(`${holdpoint.url}/docs/errors`)
  await checkAccessibility(page)
  await page.getByRole('link', { name: /already_claimed/ }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('already_claimed 409')
  await expect(page.getByRole('main')).toContainText('POST /api/approvals/{id}/claim')
  await checkAccessibility(page)
  for (const nowhere of ['/docs/errors/nonsense', '/docs/nonsense']) {
    expect((await page.goto(holdpoint.url + nowhere))?.status()).toBe(404)
  }
})

test('on a phone every page is a press away, and nothing runs out of it', async ({
  browser,
  holdpoint,
  checkAccessibility,
}) => {
  const { page, errors } = await stranger(browser, { viewport: { width: 390, height: 844 } })
  await page.goto(`${holdpoint.url}/docs/policy`)
  await checkAccessibility(page)
  await page.getByText('All pages').click()
  const pages = page.getByRole('navigation', { name: 'All pages' }).getByRole('link')
  const paths = await pages.evaluateAll((links) => links.map((link) => (link as HTMLAnchorElement).pathname))
  expect(paths.length).toBeGreaterThan(8)
  for (const path of paths) {
    await page.goto(holdpoint.url + path)
    const beyond = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    expect([path, beyond]).toEqual([path, 0])
  }
  expect(errors).toEqual([])
})

test('a guide loads no script but those that every page loads', async ({ browser, holdpoint }) => {
  const { page } = await stranger(browser)
  // The page of what is not there is in every page's tree, and has nothing else.
  await page.goto(`${holdpoint.url}/docs/nonsense`)
  const everywhere = await scriptsOf(page, holdpoint.url)
  await page.goto(`${holdpoint.url}/docs/policy`)
  const own = (await scriptsOf(page, holdpoint.url)).filter((source) => !everywhere.includes(source))
  expect(own).toEqual([])
})

test('the reference shows every call, tries one with the given key alone, and asks no other host', async ({
  browser,
  holdpoint,
  checkAccessibility,
}) => {
  // the longest page there is, looked through by axe
  test.slow()
  const { page, errors } = await stranger(browser)
  const hosts = new Set<string>()
  page.on('request', (request) => hosts.add(new URL(request.url()).origin))
  // A person who is signed in must not lend their rights to a tried call.
  await holdpoint.signIn(page, (await holdpoint.test.member('owner')).actor.id)
  await page.goto(`${holdpoint.url}/docs/reference`)
  await expect(page.getByText('/api/approvals/{id}/claim', { exact: true })).toBeVisible()
  await checkAccessibility(page)
  await page.getByRole('button', { name: 'Authorize' }).click()
  await expectNamed(page, '.dialog-ux')
  const scheme = page.locator('.auth-container').first()
  await scheme.getByRole('textbox').first().fill(holdpoint.agentKey)
  await scheme.getByRole('button', { name: /apply|authorize/i }).click()
  await page.getByRole('button', { name: 'Close' }).last().click()
  const sent = page.waitForRequest(`${holdpoint.url}/api/me`)
  await page
    .locator('.opblock', { has: page.getByText('/api/me', { exact: true }) })
    .locator('button')
    .first()
    .click()
  await page.getByRole('button', { name: 'Try it out' }).click()
  await page.getByRole('button', { name: 'Execute' }).click()
  const headers = await (await sent).allHeaders()
  expect(headers.authorization).toBe(`Bearer ${holdpoint.agentKey}`)
  expect(headers.cookie).toBeUndefined()
  await expect(page.locator('.live-responses-table').getByText('"agent_key"')).toBeVisible()
  expect([...hosts]).toEqual([holdpoint.url])

  // an open call can be read in the dark as well, and each of its controls has a name
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.locator('.opblock', { hasText: '/api/agents/{name}/check' }).locator('button').first().click()
  await expect(page.getByText('Examples:').first()).toBeVisible()
  await page.getByRole('button', { name: 'Try it out' }).last().click()
  await expect(page.getByRole('textbox', { name: 'Request body' })).toBeVisible()
  await expectNamed(page, '.opblock.is-open')
  expect(errors).toEqual([])
})

test('only the reference loads the viewer', async ({ browser, holdpoint }) => {
  const { page } = await stranger(browser)
  const sizes = new Map<string, number>()
  page.on('response', (response) => {
    const answer = response.finished().then(async () => (await response.request().sizes()).responseBodySize)
    if (/\.js$/.test(response.url())) void answer.then((size) => sizes.set(response.url(), size))
  })
  const largest = () => Math.max(0, ...sizes.values())
  await page.goto(`${holdpoint.url}/docs/policy`, { waitUntil: 'networkidle' })
  expect(largest()).toBeLessThan(150_000)
  await page.goto(`${holdpoint.url}/docs/reference`)
  await expect.poll(largest).toBeGreaterThan(300_000)
})

test('the promises stand with their tests', async ({ browser, holdpoint, checkAccessibility }) => {
  const { page, errors } = await stranger(browser)
  await page.goto(`${holdpoint.url}/security`)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Security')
  await expect(page.getByRole('main')).toContainText('lib/approvals/decide.test.ts')
  await checkAccessibility(page)
  expect(errors).toEqual([])
})

test('programs read the same pages as Markdown, from an index', async ({ holdpoint }) => {
  const { url } = holdpoint
  const index = await fetch(`${url}/llms.txt`)
  expect(index.headers.get('content-type')).toBe('text/plain; charset=utf-8')
  const links = [...(await index.text()).matchAll(/^- \[.+?\]\((.+?)\)/gm)].map(([, link = '']) => link)
  expect(links.length).toBeGreaterThan(10)
  for (const link of [...links, `${url}/docs/errors/expired.md`, `${url}/llms-full.txt`]) {
    const answer = await fetch(link)
    expect([link, answer.status]).toEqual([link, 200])
    expect(answer.headers.get('content-type')).toMatch(/^text\/(markdown|plain); charset=utf-8$/)
    expect(await answer.text()).toMatch(/^# /)
  }
  for (const nowhere of [
    '/docs/nonsense.md',
    '/docs/errors/nonsense.md',
    '/docs/errors/%25.md',
    '/docs/text/%zz',
  ])
    expect((await fetch(url + nowhere)).status).toBeGreaterThanOrEqual(400)
})
