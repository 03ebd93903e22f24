import AxeBuilder from '@axe-core/playwright'
import { expect, test as base, type Page } from '@playwright/test'
import { openDatabase, type Database } from '@/db/client'
import type { Approval } from '@/lib/approvals/schemas'
import { startSession } from '@/lib/members/session'
import { waitsUntilListening } from './listening'
import { makeTestProject, type TestProject } from './project'

/** A project of the test's own on the running server. */
export type Holdpoint = {
  /** Base of pages and API. */
  url: string
  /** The project's slug. */
  project: string
  /** With the scopes run, deploy and read. */
  agentKey: string
  /** Personal token of the owner, who is signed in in `page`. */
  ownerToken: string
  reviewerToken: string
  ownerEmail: string
  database: { url: string; db: Database }
  /** Verbs and further people of the project. */
  test: TestProject
  /** Makes a pending approval through the API; the agent is `tester`, whose policy gates `*`. */
  ask(input?: {
    tool?: string
    params?: Record<string, unknown>
    agent?: string
    run_id?: string
    description?: string
    context?: Record<string, unknown>
    metadata?: Record<string, string>
  }): Promise<Approval>
  /** A request to the API as the agent, or with another token. */
  call(
    method: string,
    path: string,
    body?: unknown,
    token?: string,
  ): Promise<{ status: number; body: Record<string, unknown> }>
  /** Signs a member in, in this page's browser. */
  signIn(page: Page, userId: string): Promise<void>
}

/** Everything is held, so that a test may name its tools as it likes. */
const policy = `approval:
  tools:
    - soft_*:
        on_rejection: continue
    - "*"
  timeout: 3600
  message: "Somebody has to look."
`

/** Console errors that tell of nothing wrong: a request that the test itself lets fail. */
const expectedNoise = /Failed to load resource|net::ERR_/

/** @param rules those of axe to check by; all where none are named */
type Check = (page: Page, rules?: string[]) => Promise<void>

export const test = base.extend<{
  holdpoint: Holdpoint
  checkAccessibility: Check
  /** The same in light and dark, and on a phone, beyond whose sides nothing stands. */
  checkLooks: Check
}>({
  // eslint-disable-next-line no-empty-pattern -- Playwright reads fixtures' names from this pattern
  baseURL: async ({}, use) => use(process.env.E2E_URL),
  // eslint-disable-next-line no-empty-pattern -- Playwright reads fixtures' names from this pattern
  holdpoint: async ({}, use) => {
    const { E2E_URL: url = '', E2E_DATABASE_URL: databaseUrl = '' } = process.env
    const { db, close } = openDatabase(databaseUrl, 3)
    const made = await makeTestProject(db)
    const owner = await made.member('owner')
    const call = requester(url, made.agent.token)
    await deploy(url, made.agent.token, 'tester', policy)
    const holdpoint: Holdpoint = {
      url,
      project: made.project.slug,
      agentKey: made.agent.token,
      ownerToken: owner.token,
      reviewerToken: (await made.member('reviewer')).token,
      ownerEmail: owner.actor.email,
      database: { url: databaseUrl, db },
      test: made,
      call,
      ask: async ({ agent, run_id, ...input } = {}) => {
        const params = { order_id: 'ORD-1', amount: 2400 }
        const where = run_id === undefined ? { agent: agent ?? 'tester' } : { run_id }
        const { status, body } = await call('POST', '/api/approvals', {
          ...where,
          tool: 'order_tools.process_refund',
          params,
          ...input,
        })
        if (status !== 201) throw new Error(`the call was not held: ${status} ${JSON.stringify(body)}`)
        return body as unknown as Approval
      },
      signIn: (page, userId) => signIn(page, db, url, userId),
    }
    ownerOf.set(holdpoint, owner.actor.id)
    await use(holdpoint)
    await close()
  },
  page: async ({ page, holdpoint }, use) => {
    const problems = problemsOf(page)
    await holdpoint.signIn(page, ownerOf.get(holdpoint) ?? '')
    waitsUntilListening(page)
    await use(page)
    // a request that is on its way when a test ends is answered by nobody's hands any more, which is no failure
    await page.unrouteAll({ behavior: 'ignoreErrors' }).catch(() => undefined)
    expect(problems, 'errors on the console').toEqual([])
  },
  // eslint-disable-next-line no-empty-pattern -- as above
  checkAccessibility: async ({}, use) => {
    await use(async (page, rules) => {
      await page.evaluate(coloursCome)
      // where it has looked before it is there, half a megabyte of source
      const isThere = await page.evaluate(() => 'axe' in window)
      const axe = new AxeBuilder({ page, ...(isThere && { axeSource: 'void 0' }) })
      // no page that is checked has a frame, for which the findings would go by way of a page of their own
      const once = axe.setLegacyMode().options({
        resultTypes: ['violations'],
        ...(rules && { runOnly: rules }),
      })
      const { violations } = await once.analyze()
      const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
      expect(grave.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`)).toEqual([])
    })
  },
  checkLooks: async ({ checkAccessibility }, use) => use((page) => checkLooks(page, checkAccessibility)),
})

export { expect }

/** What goes wrong in a page from now on: errors that nobody caught and those on the console. */
export function problemsOf(page: Page): string[] {
  const problems: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' && !expectedNoise.test(message.text())) problems.push(message.text())
  })
  page.on('pageerror', (error) => problems.push(String(error)))
  return problems
}

/** Resolves in the page once colours that change, as with the scheme, have come to where they stay. */
async function coloursCome(): Promise<void> {
  for (let frame = 0; frame < 2; frame++) await new Promise((drawn) => requestAnimationFrame(drawn))
  const changes = document.getAnimations().filter((animation) => animation instanceof CSSTransition)
  await Promise.all(changes.map(({ finished }) => finished.catch(() => undefined)))
}

async function checkLooks(page: Page, check: Check): Promise<void> {
  const size = page.viewportSize()
  await page.emulateMedia({ colorScheme: 'light' })
  await check(page)
  await page.emulateMedia({ colorScheme: 'dark' })
  // the colours are all that is different
  await check(page, ['color-contrast'])
  await page.setViewportSize({ width: 390, height: 844 })
  await check(page)
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  expect(wide).toBeLessThanOrEqual(0)
  if (size) await page.setViewportSize(size)
  await page.emulateMedia({ colorScheme: null })
}

const ownerOf = new WeakMap<Holdpoint, string>()

async function signIn(page: Page, db: Database, url: string, userId: string): Promise<void> {
  const session = await startSession(db, userId)
  await page
    .context()
    .addCookies([
      { name: 'next-auth.session-token', value: session.token, url, httpOnly: true, sameSite: 'Lax' },
    ])
}

function requester(url: string, agentToken: string): Holdpoint['call'] {
  return async (method, path, body, token = agentToken) => {
    const response = await fetch(url + path, {
      method,
      headers: {
        Authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, body: text ? (JSON.parse(text) as Record<string, unknown>) : {} }
  }
}

async function deploy(url: string, token: string, name: string, config: string): Promise<void> {
  const response = await fetch(`${url}/api/agents/${name}`, {
    method: 'PUT',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/yaml' },
    body: config,
  })
  if (!response.ok) throw new Error(`deploying ${name}: ${response.status} ${await response.text()}`)
}
