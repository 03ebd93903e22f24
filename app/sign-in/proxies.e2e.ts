import { createServer, request, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { makeSignInToken, signInUrl } from '@/lib/members/sign-in-link'
import { expect, test } from '@/lib/testing/e2e'

const outside = { 'x-forwarded-for': '203.0.113.9', 'x-forwarded-proto': 'https' }

/** What reverse proxies make of the Host that a browser sent. */
const forms: Record<string, (headers: IncomingHttpHeaders) => IncomingHttpHeaders> = {
  'nginx as it is, with the upstream’s name': (headers) => ({ ...headers, host: 'holdpoint_upstream' }),
  'nginx with $host, which has no port': (headers) => ({ ...headers, ...outside, host: '127.0.0.1' }),
  'nginx with $proxy_host': (headers) => ({ ...headers, ...outside, host: '127.0.0.1:3000' }),
  Caddy: (headers) => ({ ...headers, ...outside, 'x-forwarded-host': headers.host }),
  'Apache, with what another proxy wrote': (headers) => ({
    ...headers,
    ...outside,
    host: 'backend.internal:8080',
    'x-forwarded-host': `elsewhere.example, ${headers.host}`,
    'x-forwarded-server': 'www.example.com',
    forwarded: 'for=203.0.113.9;host=elsewhere.example;proto=https',
  }),
}

/** A proxy that a browser is sent through, which rewrites headers on the way. */
async function startProxy(rewrite: (headers: IncomingHttpHeaders) => IncomingHttpHeaders) {
  const server = createServer((incoming, outgoing) => {
    const { hostname, port, pathname, search } = new URL(incoming.url ?? '')
    const to = { host: hostname, port, path: pathname + search, method: incoming.method }
    const onward = request({ ...to, headers: rewrite(incoming.headers), agent: false }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    onward.on('error', () => outgoing.destroy())
    outgoing.on('close', () => onward.destroy())
    incoming.pipe(onward)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  const close = () => {
    server.closeAllConnections()
    server.close()
  }
  return { server: `http://127.0.0.1:${port}`, close }
}

for (const [name, rewrite] of Object.entries(forms)) {
  test(`signing in and deciding work behind ${name}`, async ({ browser, holdpoint }) => {
    const { url, project, ownerEmail, database, call } = holdpoint
    const approval = await holdpoint.ask()
    const proxy = await startProxy(rewrite)
    const context = await browser.newContext({ proxy: { server: proxy.server, bypass: '<-loopback>' } })
    const page = await context.newPage()
    await page.goto(`${url}/sign-in`)
    await page.getByLabel('E-mail').fill(ownerEmail)
    await page.getByRole('button', { name: 'Send me a sign-in link' }).click()
    await expect(page.getByText('a link is on its way')).toBeVisible()
    await page.goto(signInUrl(url, await makeSignInToken(database.db, ownerEmail, 'mail')))
    await page.getByRole('button', { name: 'Sign in' }).click()
    await expect(page).toHaveURL(`${url}/${project}/approvals`)
    await page
      .getByRole('button', { name: `Approve ${approval.tool}` })
      .first()
      .click()
    await page.getByRole('button', { name: 'Confirm approve' }).click()
    await expect
      .poll(async () => (await call('GET', `/api/approvals/${approval.id}`)).body.status)
      .toBe('approved')
    await context.close()
    proxy.close()
  })
}

test('from another address than APP_URL the form says which one is right', async ({ browser, holdpoint }) => {
  const elsewhere = holdpoint.url.replace('127.0.0.1', 'localhost')
  const page = await (await browser.newContext()).newPage()
  await page.goto(`${elsewhere}/sign-in`)
  await page.getByLabel('E-mail').fill(holdpoint.ownerEmail)
  await page.getByRole('button', { name: 'Send me a sign-in link' }).click()
  await expect(page.getByText(`This server is ${holdpoint.url}`)).toBeVisible()
  await expect(page.getByText('database')).toHaveCount(0)
})

for (const origin of ['https://evil.example', 'null', ':::', undefined]) {
  test(`a form whose Origin is ${origin ?? 'missing'} is refused`, async ({ holdpoint }) => {
    const page = await (await fetch(`${holdpoint.url}/sign-in`)).text()
    const form = new FormData()
    for (const [, name = '', value = ''] of page.matchAll(
      /type="hidden" name="([^"]+)"(?: value="([^"]*)")?/g,
    ))
      form.set(name, value.replaceAll('&quot;', '"').replaceAll('&amp;', '&'))
    form.set('email', holdpoint.ownerEmail)
    const send = (headers: Record<string, string>) =>
      fetch(`${holdpoint.url}/sign-in`, { method: 'POST', headers, body: form })
    const sent = await send({ origin: holdpoint.url })
    expect([sent.status, (await sent.text()).includes('a link is on its way')]).toEqual([200, true])
    const refused = await send({
      ...(origin === undefined ? {} : { origin }),
      'x-forwarded-host': 'evil.example',
    })
    expect([refused.status, await refused.text()]).toEqual([403, expect.stringContaining(holdpoint.url)])
  })
}
