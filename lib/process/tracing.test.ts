import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestDatabase } from '@/lib/testing/open-database'
import { makeTestProject } from '@/lib/testing/project'
import { startServer, type ServerProcess } from '@/lib/testing/server-processes'
import { startReceiver, until, type Receiver } from '@/lib/testing/webhook-receiver'

type Span = { traceId: string; spanId: string; parentSpanId?: string; name: string }

let server: ServerProcess
let collector: Receiver
let hook: Receiver
let token: string
let agent: string
let close: () => Promise<void>

beforeAll(async () => {
  const database = await openTestDatabase()
  close = database.close
  const project = await makeTestProject(database.db)
  token = (await project.member('owner')).token
  agent = project.agent.token
  ;[collector, hook] = await Promise.all([startReceiver(), startReceiver()])
  server = await startServer(database.url, {
    OTEL_EXPORTER_OTLP_ENDPOINT: new URL(collector.url).origin,
    OTEL_BSP_SCHEDULE_DELAY: '50',
    OUTBOUND_ALLOW: '127.0.0.0/8',
  })
}, 60_000)

afterAll(async () => {
  await server?.kill()
  await Promise.all([collector?.close(), hook?.close()])
  await close()
})

function spans(): Span[] {
  type Sent = { resourceSpans: { scopeSpans: { spans: Span[] }[] }[] }
  return collector.received.flatMap(({ json }) =>
    (json as Sent).resourceSpans.flatMap((one) => one.scopeSpans.flatMap((scope) => scope.spans)),
  )
}

test('requests, their statements and jobs are spans of the caller’s trace, which goes on at the webhook', async () => {
  const made = await server.call('POST', '/api/webhooks', {
    token,
    body: { name: 'traced', format: 'standard', url: hook.url, events: ['approval.requested'] },
  })
  expect(made.status).toBe(201)
  const { id } = made.body as unknown as { id: string }
  const traceId = 'a1b2c3d4e5f60718293a4b5c6d7e8f90'
  const headers = { traceparent: `00-${traceId}-00f067aa0ba902b7-01` }
  const sent = await server.call('POST', `/api/webhooks/${id}/test`, { token, headers })
  expect(sent.status).toBeLessThan(300)
  const asked = await server.call('POST', '/api/approvals', {
    token: agent,
    headers,
    body: { agent: 'tester', tool: 'gated', params: {}, tool_call_id: 'traced' },
  })
  expect(asked.status).toBeLessThan(300)
  const find = (name: string) => spans().find((span) => span.traceId === traceId && span.name === name)
  const names = ['POST /api/webhooks/{id}/test', 'deliver_webhook', 'POST /api/approvals', 'statement']
  await until(async () => names.every(find))
  const [sending, job, asking, statement] = names.map(find)
  expect(sending?.parentSpanId).toBe('00f067aa0ba902b7')
  expect(job?.parentSpanId).toBe(sending?.spanId)
  expect(hook.received[0]?.headers.traceparent).toMatch(new RegExp(`^00-${traceId}-${job?.spanId}-01$`))
  expect(asking?.parentSpanId).toBe('00f067aa0ba902b7')
  expect(statement?.parentSpanId).toBe(asking?.spanId)
})

test('without the setting no SDK is loaded, nor what measures', () => {
  const script = `
    await import('./lib/cli/serve.ts')
    const { createRequire } = await import('node:module')
    const loaded = Object.keys(createRequire(import.meta.url).cache)
    const of = (name) => loaded.filter((file) => file.includes('/node_modules/' + name)).length
    console.log(JSON.stringify([of('@opentelemetry/api/') > 0, of('@opentelemetry/sdk'), of('@opentelemetry/exporter'), of('prom-client')]))`
  const { stdout } = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    encoding: 'utf8',
  })
  expect(JSON.parse(stdout)).toEqual([true, 0, 0, 0])
})
