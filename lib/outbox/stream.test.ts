import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import { commentVerb } from '@/lib/approvals/comment'
import { decideApproval } from '@/lib/approvals/decide'
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
