import { createECDH, randomUUID } from 'node:crypto'
import type { CDPSession, Page, Worker } from '@playwright/test'
import { eq } from 'drizzle-orm'
import { pushSubscriptions } from '@/db/schema/notices'
import { findBrowser, launchOptions } from '@/lib/testing/browser'
import { expect, test, type Holdpoint } from '@/lib/testing/e2e'

test.use({ launchOptions: launchOptions(findBrowser()) })

/** A browser of tests has no push service; what one would answer is told by the page, and kept as browsers do. */
async function withPushService(page: Page): Promise<string> {
  const endpoint = `https://push.example.com/${randomUUID()}`
  const pair = createECDH('prime256v1')
  pair.generateKeys()
  const keys = { p256dh: pair.getPublicKey('base64url'), auth: 'A'.repeat(22) }
  await page.addInitScript(
    ([where, browserKeys]) => {
      const own = (key: string) => ({
        endpoint: where,
        options: {
          applicationServerKey: Uint8Array.from(atob(key.replaceAll('-', '+').replaceAll('_', '/')), (c) =>
            c.charCodeAt(0),
          ),
        },
        toJSON: () => ({ endpoint: where, keys: browserKeys }),
        unsubscribe: async () => (localStorage.removeItem('test.push'), true),
      })
      Object.assign(PushManager.prototype, {
        getSubscription: async () => {
          const key = localStorage.getItem('test.push')
          return key === null ? null : own(key)
        },
        subscribe: async ({ applicationServerKey }: { applicationServerKey: string }) => {
          localStorage.setItem('test.push', applicationServerKey)
          return own(applicationServerKey)
        },
      })
    },
    [endpoint, keys] as const,
  )
  await page.context().grantPermissions(['notifications'])
  return endpoint
}

const switchOn = async (page: Page) => {
  await page.getByRole('button', { name: /^Notices/ }).click()
  await page.getByRole('button', { name: 'Notify me in this browser' }).click()
  await expect(page.getByText('Also while no page is open')).toBeVisible()
}

const kept = ({ database }: Holdpoint, endpoint: string) =>
  database.db.select().from(pushSubscriptions).where(eq(pushSubscriptions.endpoint, endpoint))

test('a browser is told by push from a press on, over sign-ins, until another press', async ({
  page,
  holdpoint,
  checkLooks,
}) => {
  const endpoint = await withPushService(page)
  await page.goto(`/${holdpoint.project}/runs`)
  expect(await page.evaluate(() => navigator.serviceWorker.getRegistrations())).toEqual([])
  await switchOn(page)
  await checkLooks(page)
  const [first, ...others] = await kept(holdpoint, endpoint)
  expect(others).toEqual([])
  await holdpoint.signIn(page, first?.userId ?? '')
  await page.reload()
  await expect
    .poll(async () => (await kept(holdpoint, endpoint))[0]?.sessionToken)
    .not.toBe(first?.sessionToken)
  await page.getByRole('button', { name: /^Notices/ }).click()
  await page.getByRole('button', { name: 'Stop notifying in this browser' }).click()
  await expect(page.getByRole('button', { name: 'Notify me in this browser' })).toBeVisible()
  await expect.poll(() => kept(holdpoint, endpoint)).toEqual([])
  await expect.poll(() => page.evaluate(() => localStorage.getItem('test.push'))).toBeNull()
})

test('a browser that has lost its address tells while a page is open; one that gets no answer keeps it', async ({
  page,
  holdpoint,
}) => {
  await withPushService(page)
  await page.goto(`/${holdpoint.project}/runs`)
  await switchOn(page)
  await page.route('**/runs', (route) =>
    route.request().method() === 'POST' ? route.abort() : route.continue(),
  )
  const failed = page.waitForEvent('requestfailed')
  await page.reload()
  await failed
  await page.getByRole('button', { name: /^Notices/ }).click()
  await expect(page.getByText('Also while no page is open')).toBeVisible()
  await page.unrouteAll({ behavior: 'wait' })
  await page.evaluate(() => localStorage.removeItem('test.push'))
  await page.reload()
  await page.getByRole('button', { name: /^Notices/ }).click()
  await expect(page.getByText('Only while a page is open')).toBeVisible()
})

test('signed out, a browser is told nothing; another person there has chosen nothing', async ({
  page,
  holdpoint,
}) => {
  const endpoint = await withPushService(page)
  await page.goto(`/${holdpoint.project}/runs`)
  await switchOn(page)
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: /^Account of/ }).click()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await expect(page).toHaveURL(/sign-in/)
  await expect.poll(() => kept(holdpoint, endpoint)).toEqual([])
  const other = await holdpoint.test.member('reviewer')
  await holdpoint.signIn(page, other.actor.id)
  await page.goto(`/${holdpoint.project}/runs`)
  await page.getByRole('button', { name: /^Notices/ }).click()
  await expect(page.getByRole('button', { name: 'Notify me in this browser' })).toBeVisible()
  expect(await kept(holdpoint, endpoint)).toEqual([])
})

test('where a page is not served by https, or the browser cannot, that is said', async ({
  page,
  holdpoint,
}) => {
  await page.addInitScript(() => {
    Object.defineProperty(window, 'Notification', { value: undefined })
    Object.defineProperty(window, 'isSecureContext', { get: () => location.search !== '?insecure' })
  })
  await page.goto(`/${holdpoint.project}/runs`)
  await page.getByRole('button', { name: /^Notices/ }).click()
  await expect(page.getByText('This browser cannot notify.')).toBeVisible()
  await page.goto(`/${holdpoint.project}/runs?insecure`)
  await page.getByRole('button', { name: /^Notices/ }).click()
  await expect(page.getByText('Browsers notify only where the page is served by https.')).toBeVisible()
})

/** The worker of the page, and how something is pushed to it. */
async function workerOf(page: Page, url: string) {
  const cdp = await page.context().newCDPSession(page)
  const registered = new Promise<string>((resolve) =>
    cdp.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const [one] = registrations
      if (one) resolve(one.registrationId)
    }),
  )
  await cdp.send('ServiceWorker.enable')
  const registrationId = await registered
  const worker = page.context().serviceWorkers()[0] ?? (await page.context().waitForEvent('serviceworker'))
  const shows = () => worker.evaluate(() => (self as unknown as WorkerScope).shows)
  await worker.evaluate(() => {
    const scope = self as unknown as WorkerScope
    const { registration } = scope
    const show = registration.showNotification.bind(registration)
    scope.shows = 0
    registration.showNotification = (...given) => show(...given).then(() => void scope.shows++)
  })
  /** Ends once it is shown: Chromium forgets what is asked for before that. */
  async function push(data: string): Promise<void> {
    const before = await shows()
    await deliver(cdp, url, registrationId, data)
    await expect.poll(shows, data).toBe(before + 1)
  }
  return { worker, push }
}

/** A page whose browser is told by push. */
async function openWithPush(page: Page, holdpoint: Holdpoint) {
  await withPushService(page)
  await page.goto(`/${holdpoint.project}/runs`)
  await switchOn(page)
  return workerOf(page, holdpoint.url)
}

const deliver = (cdp: CDPSession, url: string, registrationId: string, data: string) =>
  cdp.send('ServiceWorker.deliverPushMessage', { origin: url, registrationId, data })

type Shown = { title: string; body: string; close(): void }
type WorkerScope = {
  registration: {
    getNotifications(): Promise<Shown[]>
    showNotification(...given: unknown[]): Promise<void>
  }
  shows: number
  clients: { openWindow(path: string): Promise<void> }
  opened: string[]
}

const shown = (worker: Worker) =>
  worker.evaluate(async () => {
    const { registration } = self as unknown as WorkerScope
    return (await registration.getNotifications()).map(({ title, body }) => ({ title, body }))
  })

/** Presses on what is shown. A press of a person lets a worker focus and open windows; here it is noted. */
async function press(worker: Worker): Promise<string[]> {
  return worker.evaluate(async () => {
    const scope = self as unknown as WorkerScope
    scope.opened = []
    scope.clients.openWindow = async (path) => void scope.opened.push(path)
    const { WindowClient, NotificationEvent } = self as unknown as {
      WindowClient: { prototype: object }
      NotificationEvent: new (type: string, init: object) => Event
    }
    Object.assign(WindowClient.prototype, { focus: async () => undefined })
    const [notification] = await scope.registration.getNotifications()
    const event = new NotificationEvent('notificationclick', { notification })
    let ends: Promise<unknown> = Promise.resolve()
    self.dispatchEvent(Object.assign(event, { waitUntil: (until: Promise<unknown>) => void (ends = until) }))
    await ends
    return scope.opened
  })
}

test('what is pushed is shown as it came, and a press leads to the request', async ({ page, holdpoint }) => {
  const { worker, push } = await openWithPush(page, holdpoint)
  const { id } = await holdpoint.ask()
  const path = `/${holdpoint.project}/approvals/${id}`
  const told = { title: 'Approval needed', body: 'refund <b>now</b> (tester) in Ops', path, tag: 'one' }
  await push(JSON.stringify(told))
  await expect.poll(() => shown(worker)).toEqual([{ title: told.title, body: told.body }])
  await push(JSON.stringify({ ...told, title: 'Reminder: Approval needed' }))
  await expect.poll(() => shown(worker)).toEqual([{ title: 'Reminder: Approval needed', body: told.body }])

  expect(await press(worker), 'without a tab on the queue').toEqual([path])
  expect(await shown(worker)).toEqual([])
  await expect(page).toHaveURL(/runs$/)

  await page.goto(`/${holdpoint.project}/approvals`)
  await push(JSON.stringify(told))
  await expect.poll(() => shown(worker)).toHaveLength(1)
  expect(await press(worker), 'with one').toEqual([])
  await expect(page).toHaveURL(path)
  expect((await holdpoint.call('GET', `/api/approvals/${id}`)).body).toMatchObject({ status: 'pending' })
})

test('what no push of ours says is shown as nothing more than that, and leads nowhere else', async ({
  page,
  holdpoint,
}) => {
  const { worker, push } = await openWithPush(page, holdpoint)
  for (const data of ['', 'no JSON', 'null', '{"title":{"a":1},"body":7,"tag":[]}']) {
    await push(data)
    await expect.poll(() => shown(worker), data).toEqual([{ title: 'Holdpoint', body: '' }])
    expect(await press(worker), data).toEqual(['/'])
  }
  for (const path of [
    'https://evil.example/',
    '//evil.example/',
    '/\\evil.example/',
    'javascript:alert(1)',
  ]) {
    await push(JSON.stringify({ title: 'x', path }))
    await expect.poll(() => shown(worker), path).toHaveLength(1)
    expect(await press(worker), path).toEqual(['/'])
  }
})
