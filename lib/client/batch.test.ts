import { describe, expect, test } from 'vitest'
import type { Agents } from '@/lib/testing/agent'
import { eachWithAgents } from '@/lib/testing/each-agents'
import type { BatchCall, Outcome } from './holdpoint.ts'

let agents: Agents
eachWithAgents((given) => ({ agents } = given))

/** Calls `c1` and so on of these tools, and which of them ran. */
function callsOf(...tools: string[]) {
  const ran: string[] = []
  const calls: BatchCall<string>[] = tools.map((tool, i) => {
    const callId = `c${i + 1}`
    return { tool, callId, params: { n: i + 1 }, execute: () => `${ran.push(callId) && callId} done` }
  })
  return { calls, ran }
}

const kinds = (outcomes: Outcome<string>[]) =>
  outcomes.map((one) =>
    one.kind === 'ran' ? one.output : `${one.kind} ${'status' in one ? one.status : ''}`,
  )

describe('several calls of one turn', () => {
  test('are one ask and one wait, and each runs as soon as it may', async () => {
    const agent = agents.live()
    const open: number[] = []
    let waits = 0
    agent.between = async ({ call, send }) => {
      if (call !== 'GET /runs/run') return send()
      open.push((waits += 1))
      return send().finally(() => (waits -= 1))
    }
    const run = await agent.hp.run({ id: 'r' })
    const { calls, ran } = callsOf('gated', 'lookup', 'soft', 'soft', 'gated')
    const going = run.batch(calls)
    await agents.decide('c5', 'approve')
    await expect.poll(() => ran.toSorted()).toEqual(['c2', 'c5'])
    await agents.decide('c3', 'reject')
    await agents.expire('c4')
    await agents.decide('c1', 'approve')
    expect(kinds(await going)).toEqual([
      'c1 done',
      'c2 done',
      'rejected rejected',
      'rejected expired',
      'c5 done',
    ])
    expect(ran).toHaveLength(3)
    expect(agent.calls.filter((call) => call.endsWith('/batch'))).toHaveLength(1)
    expect(open).toContain(1)
    expect(Math.max(...open)).toBe(1)
    const again = callsOf('gated', 'lookup', 'soft', 'soft', 'gated')
    const later = await (await agents.live().hp.run({ id: 'r' })).batch(again.calls)
    expect(kinds(later)).toEqual(kinds(await going))
    expect(again.ran).toEqual([])
  })

  test('hear of what was decided before they had begun to wait', async () => {
    const agent = agents.live()
    agent.between = async ({ call, send }) => {
      const answer = await send()
      if (call.endsWith('/batch')) await agents.decide('c2', 'approve')
      return answer
    }
    const run = await agent.hp.run({ id: 'r' })
    const { calls, ran } = callsOf('gated', 'gated')
    const going = run.batch(calls)
    await expect.poll(() => ran).toEqual(['c2'])
    await agents.decide('c1', 'approve')
    expect(kinds(await going)).toEqual(['c1 done', 'c2 done'])
  })

  test('end together where one of them ends the run, with its refusal', async () => {
    const run = await agents.live().hp.run({ id: 'r' })
    const { calls, ran } = callsOf('gated', 'gated', 'gated')
    const going = run.batch(calls).catch((error: unknown) => error)
    await agents.decide('c2', 'reject', 'Fraud.')
    expect(await going).toMatchObject({ name: 'Refused', code: 'rejected', approval: { tool_call_id: 'c2' } })
    expect(ran).toEqual([])
  })

  test('do not keep each other from running where one of them is wrong', async () => {
    const run = await agents.live().hp.run({ id: 'r' })
    const { calls, ran } = callsOf('lookup', 'no tool', 'gated')
    const going = run.batch(calls).catch((error: unknown) => error)
    await agents.decide('c3', 'approve')
    expect(await going).toMatchObject({ name: 'Problem', code: 'invalid_tool_name' })
    expect(ran.sort()).toEqual(['c1', 'c3'])
  })

  test('are parked at once, and more than fifty are asked in turn', async () => {
    const agent = agents.live()
    const run = await agent.hp.run({ id: 'r' })
    const { calls, ran } = callsOf(...Array<string>(49).fill('lookup'), 'soft', 'soft')
    const outcomes = await run.batch(calls, { mode: 'park' })
    expect(outcomes.slice(49)).toMatchObject([
      { kind: 'parked', resumeWith: { run: 'r', callId: 'c50' } },
      { kind: 'parked', resumeWith: { run: 'r', callId: 'c51' } },
    ])
    expect(ran).toHaveLength(49)
    expect(agent.calls.filter((call) => call.endsWith('/batch'))).toHaveLength(2)
  })
})
