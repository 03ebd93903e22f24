import { randomBytes } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { test } from 'vitest'
import { serveJobs } from '@/lib/jobs/serve'
import { jobTasks } from '@/lib/jobs/tasks'
import { openTestDatabase } from '@/lib/testing/open-database'
import { makeTestProject } from '@/lib/testing/project'
import { Circuit } from './circuit'
import { createWebhook } from './create'
import { startReceiver, until } from './fixture'
import { queueDeliveries } from './queue'

test('scale', async () => {
  const { db, url, close } = await openTestDatabase()
  const sealKey = randomBytes(32)
  const rules = { outboundAllow: ['127.0.0.0/8'] }
  const project = await makeTestProject(db)
  const admin = { ...(await project.member('admin')), sealKey }
  const dead = await startReceiver(); dead.answer('hang')
  const good = await startReceiver()
  await createWebhook(admin, { format: 'standard', url: dead.url, events: ['approval.approved'] }, rules)
  const { id } = await project.ask()
  const N = Number(process.env.N ?? 200)
  const t0 = Date.now()
  let n = 1
  const tell = (type: 'approved' | 'requested', count: number) => db.transaction(async (tx) => { for (let i = 0; i < count; i++) await queueDeliveries(tx, { id: n++, projectId: project.project.id, approvalId: id, type }) })
  for (let i = 0; i < N / 100; i++) await tell('approved', 100)
  console.log('queued', N, 'in', Date.now() - t0, 'ms')
  await createWebhook(admin, { format: 'standard', url: good.url, events: ['approval.requested'] }, rules)
  const mail = { resendApiKey: undefined, resendBaseUrl: undefined, emailFrom: 'x@example.com' }
  const tasks = jobTasks({ db, appUrl: 'http://localhost:3000', mail, queueDeliveries, webhooks: { sealKey, ...rules, circuit: new Circuit() } })
  const serving = await serveJobs({ databaseUrl: url, tasks, concurrency: Number(process.env.C ?? 12), log: (l) => console.log('LOG', l) })
  await until(() => dead.received.length > 0)
  const lags: number[] = []
  for (let i = 0; i < Number(process.env.M ?? 40); i++) {
    const before = good.received.length
    const at = Date.now()
    await tell('requested', 1)
    const told = Date.now()
    await until(() => good.received.length > before, 30_000)
    lags.push(Date.now() - told)
    await new Promise((r) => setTimeout(r, Number(process.env.PAUSE ?? 1000)))
    void at
  }
  console.log('lags', lags.join(' '))
  lags.sort((a, b) => a - b)
  console.log('median', lags[lags.length >> 1], 'max', lags.at(-1), 'dead got', dead.received.length)
  console.log(await db.execute(sql`select status, count(*) from deliveries group by 1`), await db.execute(sql`select count(*), min(run_at) - now() as m from graphile_worker.jobs`))
  await dead.close(); await serving.stop(); await good.close(); await close()
}, 600_000)
