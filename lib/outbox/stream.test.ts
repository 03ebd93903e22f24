import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import { commentVerb } from '@/lib/approvals/comment'

import { decideApproval } from '@/lib/approvals/decide'
import { pauseAgent, resumeAgent } from '@/lib/pause/pause'
import { openTestDatabase } from '@/lib/testing/open-database'
import { makeTestProject } from '@/lib/testing/project'
import { streamApprovals, type StreamEvent } from './stream'

let db: Database
let close: () => Promise<void>
beforeAll(async () => {
  ;({ db, close } = await openTestDatabase())
})
afterAll(() => close())

it('tells what it always told, and what people do beside only where that is named', async () => {
  const test = await makeTestProject(db)
  const reviewer = await test.member('reviewer')
  const { id } = await test.ask()
  await commentVerb(reviewer, { id, body: 'Hm.' })
  await decideApproval(reviewer, { id, decision: 'approve' })
  const read = async (count: number, wanted?: string[]) => {
    const stop = new AbortController()
    const events: Omit<StreamEvent, 'id'>[] = []
    for await (const one of streamApprovals(test.agent, '0', stop.signal, wanted)) {
      if (one) events.push({ event: one.event, data: one.data })
      if (events.length === count) stop.abort()
    }
    return events
  }
  const requested = { event: 'approval.requested', data: { id, status: 'pending' } }
  const commented = { event: 'approval.commented', data: { id } }
  const decided = { event: 'approval.decided', data: { id, status: 'approved' } }
  expect(await read(2)).toEqual([requested, decided])
  expect(await read(2, ['approval.commented', 'approval.decided'])).toEqual([commented, decided])
}, 60_000)

it('tells whoever names it of what others pause and let go on', async () => {
  const test = await makeTestProject(db)
  const admin = await test.member('admin')
  const stop = new AbortController()
  const stream = streamApprovals(test.agent, '0', stop.signal, ['agent.paused', 'agent.resumed'])
  const next = async () => {
    for (;;) {
      const { value } = await stream.next()
      if (value) return { event: value.event, data: value.data }
    }
  }
  await stream.next()
  await pauseAgent(admin, { name: 'tester', reason: 'Sends nonsense.' })
  expect(await next()).toEqual({ event: 'agent.paused', data: { agent: 'tester' } })
  await resumeAgent(admin, { name: 'tester', reason: 'Mended.' })
  expect(await next()).toEqual({ event: 'agent.resumed', data: { agent: 'tester' } })
  stop.abort()
  await stream.return(undefined)
}, 60_000)
