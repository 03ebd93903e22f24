import { expect } from 'vitest'
import { openDatabase } from '@/db/client'
import { makeTestProject } from './project'
import { startServer } from './server-processes'

/** A process that serves over this database holds one call, wakes who waits for it, and releases it. */
export async function holdOneCall(databaseUrl: string): Promise<void> {
  const server = await startServer(databaseUrl)
  const { db, close } = openDatabase(databaseUrl, 2)
  try {
    const project = await makeTestProject(db)
    const agent = project.agent.token
    const reviewer = (await project.member('reviewer')).token
    const body = { agent: 'tester', tool: 'gated', params: { n: 1 } }
    const asked = await server.call('POST', '/api/approvals', { token: agent, body })
    const path = `/api/approvals/${String(asked.body.id)}`
    const wait = server.call('GET', path, { token: agent, headers: { Prefer: 'wait=20' } })
    const decision = { token: reviewer, body: { decision: 'approve' } }
    expect((await server.call('POST', `${path}/decisions`, decision)).status).toBe(201)
    const { body: seen } = await wait
    expect([seen.status, new Date(String(seen.expires_at)).toISOString()]).toEqual([
      'approved',
      seen.expires_at,
    ])
    const claim = { token: agent, body: { tool: 'gated', params: { n: 1 } } }
    expect((await server.call('POST', `${path}/claim`, claim)).status).toBe(200)
  } finally {
    await close()
    await server.stop()
  }
}
