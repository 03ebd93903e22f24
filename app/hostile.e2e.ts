import { readFileSync, readdirSync } from 'node:fs'
import { expect, test } from '@/lib/testing/e2e'

/** As they stand in an address. */
const hostile = [
  '%00',
  'a%00b',
  '%ED%A0%80',
  '%FF',
  '%',
  '%zz',
  '__proto__',
  'constructor',
  'toString',
  '%2e%2e',
  '%2f%2f',
  '%25%30%30',
  '%E2%80%AE',
  "'--",
  'a'.repeat(3000),
  '0000-01-01T00:00:00Z',
  '9999-12-31T23:59:59-14:00',
]

/** The addresses of all pages, from the files that make them. */
const pages = readdirSync('app', { recursive: true, encoding: 'utf8' })
  .filter((file) => /(^|\/)page\.tsx$/.test(file) && !file.includes('@'))
  .map((file) => `/${file.replace(/\/?page\.tsx$/, '')}`)
  .sort()

const names = [
  'cursor',
  'q',
  'status',
  'agent',
  'tool',
  'approval',
  'action',
  'actor',
  'target',
  'since',
  'until',
]
const more = ['version', 'form', 'mail', 'token', 'code', 'error', 'return_to', 'callbackUrl', '__proto__']

test('whatever stands in a page’s address, no page fails', async ({ page, holdpoint }) => {
  test.setTimeout(240_000)
  expect(pages.length).toBeGreaterThan(15)
  const known: Record<string, string> = {
    project: holdpoint.project,
    agent: 'tester',
    run: 'x',
    webhook: 'x',
  }
  const fill = (address: string, odd?: string, at?: string) =>
    address.replace(/\[(\w+)\]/g, (_, name: string) => (name === at ? odd! : (known[name] ?? 'x')))
  const addresses = pages.flatMap((address) => {
    const parts = [...address.matchAll(/\[(\w+)\]/g)].map(([, name = '']) => name)
    const inPath = parts.flatMap((name) => hostile.map((odd) => fill(address, odd, name)))
    const inQuery = hostile.map(
      (odd) => `${fill(address)}?${[...names, ...more].map((name) => `${name}=${odd}`).join('&')}`,
    )
    const twice = `${fill(address)}?${[...names, ...more].map((name) => `${name}=a&${name}=b`).join('&')}`
    return [...inPath, ...inQuery, twice]
  })
  const cookies = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ')
  const failed: string[] = []
  const left = addresses.values()
  const work = async () => {
    for (const address of left) {
      const answer = await fetch(holdpoint.url + address, {
        headers: { cookie: cookies },
        redirect: 'manual',
      })
      const text = await answer.text()
      // A page that fails after its beginning was sent is a 200 that holds the error.
      const hasFailed = answer.status === 200 && /__next_error__|could not be read/.test(text)
      if (hasFailed || answer.status >= 500) failed.push(`${answer.status} ${address.slice(0, 120)}`)
    }
  }
  await Promise.all(Array.from({ length: 4 }, work))
  expect(failed).toEqual([])
})

test('what was left out of an address is said, and the rest is shown', async ({ page, holdpoint }) => {
  const { url, project } = holdpoint
  const notice = page.getByText('Not understood in this address')
  for (const [path, left] of [
    ['approvals?status=maybe&q=a&tool=b&tool=c', 'status, tool'],
    ['runs?agent=a&status=%00', 'status'],
    ['audit?since=yesterday&action=none', 'action, since'],
  ] as const) {
    await page.goto(`${url}/${project}/${path}`)
    await expect(notice).toContainText(`left out: ${left}.`)
  }
  for (const path of ['agents', 'settings/keys', 'settings/members', 'settings/webhooks']) {
    await page.goto(`${url}/${project}/${path}?cursor=eyJ4IjoxfQ`)
    await expect(page.getByRole('main').getByText('this is its beginning')).toBeVisible()
  }
})

test('signing in with an error that nobody knows says so in words', async ({ browser, holdpoint }) => {
  const page = await (await browser.newContext()).newPage()
  for (const error of ['__proto__', 'constructor', 'hasOwnProperty', 'Callback']) {
    await page.goto(`${holdpoint.url}/sign-in?error=${error}`)
    await expect(page.getByText('Signing in did not work. Start again from here.')).toBeVisible()
  }
})

test('a form that nobody can read is refused, and is no line of the log', async ({ holdpoint }) => {
  const { url } = holdpoint
  const form = await (await fetch(`${url}/sign-in`)).text()
  const action = /\b[\da-f]{42}\b/.exec(form)?.[0] ?? ''
  const send = async (body: string, headers: Record<string, string>) => {
    const answer = await fetch(`${url}/sign-in`, {
      method: 'POST',
      headers: { Origin: url, ...headers },
      body,
    })
    return [answer.status, await answer.text()]
  }
  const multipart = { 'Content-Type': 'multipart/form-data; boundary=zz' }
  const bodies = ['[', '["$Z"]', `["$n${'9'.repeat(400)}"]`]
  const before = readFileSync(process.env.E2E_LOG ?? '', 'utf8').length
  const answers = [
    await send('garbage', multipart),
    await send('garbage', { ...multipart, 'Next-Action': action }),
  ]
  for (const body of bodies)
    answers.push(await send(body, { 'Content-Type': 'text/plain', 'Next-Action': action }))
  expect(answers).toEqual(answers.map(() => [400, 'This form could not be read.\n']))
  const said = readFileSync(process.env.E2E_LOG ?? '', 'utf8').slice(before)
  expect(said.split('\n').filter((line) => line.includes('/sign-in'))).toEqual([])
})
