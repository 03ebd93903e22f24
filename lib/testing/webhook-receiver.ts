import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { webhooks } from '@/db/schema/notices'
import type { Context, MemberActor } from '@/lib/context'
import { makeTestProject, type TestProject } from './project'

/** One request that a receiver got. */
export type Received = {
  at: number
  /** Path and query that were called. */
  path: string
  headers: Record<string, string>
  body: string
  json: Record<string, unknown>
}

/** What a receiver answers; a number is the status, `hang` never answers. */
export type Answering =
  number | 'hang' | { status: number; body?: string; headers?: Record<string, string>; afterMs?: number }

/** A webhook's receiver on loopback, for tests. */
export type Receiver = {
  url: string
  received: Received[]
  /** Sets what is answered from now on, or each time by the number of requests before. */
  answer(how: Answering | ((before: number) => Answering)): void
  close(): Promise<void>
}

export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = []
  let how: Answering | ((before: number) => Answering) = 200
  const sockets = new Set<Socket>()
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request.setEncoding('utf8')) body += String(chunk)
    const before = received.length
    received.push({
      at: Date.now(),
      path: request.url ?? '',
      headers: request.headers as Record<string, string>,
      body,
      json: JSON.parse(body) as Record<string, unknown>,
    })
    const answering = typeof how === 'function' ? how(before) : how
    if (answering === 'hang') return
    const {
      status,
      body: text = '',
      headers = {},
      afterMs = 0,
    } = typeof answering === 'number' ? { status: answering } : answering
    setTimeout(() => response.writeHead(status, headers).end(text), afterMs)
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    answer: (next) => void (how = next),
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Makes what waits for its time due now, for tests. */
export async function hurry(db: Database): Promise<void> {
  await db.execute(sql`
    select count(*) from graphile_worker.reschedule_jobs(
      array(select id from graphile_worker.jobs where task_identifier = 'deliver_webhook' and locked_at is null),
      run_at => now())`)
}

/** Waits until something holds, for tests; throws after half a minute. */
export async function until(holds: () => boolean | Promise<boolean>, limitMs = 30_000): Promise<void> {
  const end = Date.now() + limitMs
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`It did not come about within ${limitMs} ms.`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** What opens the secrets of webhooks in tests, and where they may be. */
export const sealKey = randomBytes(32)
export const rules = { outboundAllow: ['127.0.0.0/8'], now: Date.now }

/** For one test: a project whose admin makes webhooks, and a receiver of them. */
export async function startReceiving(
  db: Database,
): Promise<{ project: TestProject; admin: Context<MemberActor>; receiver: Receiver }> {
  const project = await makeTestProject(db)
  const admin = { ...(await project.member('admin')), sealKey }
  return { project, admin, receiver: await startReceiver() }
}

/** Ends that, and leaves no webhook and no job to the next test. */
export async function stopReceiving(db: Database, receiver: Receiver): Promise<void> {
  await receiver.close()
  await db.delete(webhooks)
  await db.execute(sql`delete from graphile_worker._private_jobs`)
}
