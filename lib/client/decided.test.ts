import { sql } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import type { Agents } from '@/lib/testing/agent'
import { eachWithAgents } from '@/lib/testing/each-agents'
import type { Rest } from '@/lib/testing/rest'
import { toCallId } from './call-id.ts'

let rest: Rest
let agents: Agents
eachWithAgents((given) => ({ rest, agents } = given))

describe('decisions as they are made', () => {
  const timeout = { timeout: 90_000 }

  test(
    'come once each: those to act on first, then the others, also where the stream is cut',
    timeout,
    async () => {
      const run = await agents.live().hp.run({ id: 'r' })
      const park = (id: string, tool = 'soft') => run.ask(tool, { id }, { callId: id })
      await Promise.all(['early', 'cut', 'lost', 'no', 'late'].map((id) => park(id)))
      await agents.decide('early', 'approve')
      const agent = agents.live()
      const [ending, cutting] = [new AbortController(), new AbortController()]
      let streams = 0
      agent.between = async ({ call, send }) => {
        const answer = await send()
        if (!call.endsWith('/stream') || streams++ > 0) return answer
        const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
        answer.body?.pipeTo(writable, { signal: cutting.signal }).catch(() => undefined)
        return new Response(readable, answer)
      }
      const heard: string[] = []
      const listening = (async () => {
        for await (const { tool_call_id, status } of agent.hp.decided({ signal: ending.signal })) {
          heard.push(`${tool_call_id} ${status}`)
        }
      })().catch((error: unknown) => error)
      await expect.poll(() => heard).toEqual(['early approved'])
      await agents.decide('no', 'reject')
      await expect.poll(() => heard).toContain('no rejected')
      cutting.abort()
      // before it is there again
      await agents.decide('cut', 'approve')
      await agents.expire('lost')
      await expect.poll(() => streams, { timeout: 30_000 }).toBe(2)
      await agents.decide('late', 'approve')
      await expect.poll(() => heard.length).toBe(5)
      expect(heard.toSorted()).toEqual([
        'cut approved',
        'early approved',
        'late approved',
        'lost expired',
        'no rejected',
      ])
      ending.abort(new Error('enough'))
      expect(await listening).toMatchObject({ message: 'enough' })
    },
  )

  /** A worker that is given no streams, and whose looks read pages of two. */
  function listenInPages() {
    const ending = new AbortController()
    const heard: string[] = []
    const pages: string[] = []
    const short: typeof fetch = async (input, init) => {
      const url = String(input)
      if (url.includes('/stream')) return new Response('', { status: 503 })
      if (url.includes('limit=100')) pages.push(url)
      return fetch(url.replace('limit=100', 'limit=2'), init)
    }
    const { hp } = agents.live({ fetch: short })
    const listening = (async () => {
      for await (const { tool_call_id } of hp.decided({ signal: ending.signal })) heard.push(tool_call_id)
    })().catch(() => undefined)
    const end = () => {
      ending.abort()
      return listening
    }
    return { heard, pages, end }
  }

  test(
    'are heard however many were made while nobody listened, in their order, each once',
    timeout,
    async () => {
      const run = await agents.live().hp.run({ id: 'r' })
      const ids = ['old', 'c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7']
      for (const callId of ids) await run.ask('soft', { callId }, { callId })
      for (const id of ids.slice(1)) await agents.decide(id, 'reject')
      const { heard, pages, end } = listenInPages()
      await expect.poll(() => heard).toEqual(ids.slice(1))
      expect(pages).toHaveLength(4)
      const more = ['n1', 'n2', 'n3', 'n4', 'n5']
      for (const callId of more) await run.ask('soft', { callId }, { callId })
      for (const id of [...more, 'old']) await agents.decide(id, 'approve')
      await expect.poll(() => heard, { timeout: 30_000 }).toEqual([...ids.slice(1), ...more, 'old'])
      await end()
      expect(heard).toHaveLength(13)
    },
  )

  test('that ask for nothing any more are not told to who starts', timeout, async () => {
    const hear = async () => {
      const { heard, end } = listenInPages()
      await expect.poll(() => heard.at(-1)).toBe('last')
      await end()
      return heard
    }
    const { hp } = agents.live()
    for (const id of ['over', 'open']) {
      const run = await hp.run({ id })
      for (const callId of [`${id} 1`, `${id} 2`]) await run.ask('soft', { callId }, { callId })
    }
    const over = await Promise.all(['over 1', 'over 2'].map(toCallId))
    const open = await Promise.all(['open 1', 'open 2'].map(toCallId))
    for (const id of [...over, ...open]) await agents.decide(id, 'reject')
    await (await hp.run({ id: 'last' })).ask('soft', {}, { callId: 'last' })
    await agents.decide('last', 'approve')
    expect(await hear()).toEqual([...over, ...open, 'last'])
    await (await hp.run({ id: 'over' })).complete()
    expect(await hear()).toEqual([...open, 'last'])
  })

  test('are looked for no further back than an earlier look was', timeout, async () => {
    const run = await agents.live().hp.run({ id: 'r' })
    const ids = ['c1', 'c2', 'c3', 'c4', 'c5']
    for (const callId of ids) await run.ask('soft', { callId }, { callId })
    for (const id of ids) await agents.decide(id, 'reject')
    await rest.db.execute(
      sql`update approvals set resolved_at = resolved_at - interval '1 day' where project_id = ${agents.project.id}`,
    )
    await run.ask('soft', {}, { callId: 'new' })
    await agents.decide('new', 'approve')
    const { heard, pages, end } = listenInPages()
    await expect.poll(() => heard).toEqual([...ids, 'new'])
    expect(pages).toHaveLength(3)
    await expect.poll(() => pages.length, { timeout: 30_000 }).toBe(4)
    await expect.poll(() => pages.length, { timeout: 30_000 }).toBe(5)
    expect(pages.slice(3).some((url) => url.includes('cursor='))).toBe(false)
    await end()
    expect(heard).toHaveLength(6)
  })

  test('are heard when the agent goes on where a pause held them up', timeout, async () => {
    const run = await agents.live().hp.run({ id: 'r' })
    for (const callId of ['c1', 'c2']) await run.ask('soft', { callId }, { callId })
    const admin = await agents.member('admin')
    const turn = async (word: 'pause' | 'resume') => {
      const given = { token: admin.token, body: { reason: 'Look.' } }
      expect((await rest.call('POST', `/api/agents/tester/${word}`, given)).status).toBe(200)
    }
    await agents.decide('c1', 'approve')
    await agents.decide('c2', 'reject')
    await turn('pause')
    const agent = agents.live()
    const ending = new AbortController()
    const heard: string[] = []
    const listening = (async () => {
      for await (const { tool_call_id, next } of agent.hp.decided({ signal: ending.signal }))
        heard.push(`${tool_call_id} ${next.action}`)
    })().catch(() => undefined)
    await expect.poll(() => heard).toEqual(['c2 continue'])
    await turn('resume')
    await expect.poll(() => heard).toEqual(['c2 continue', 'c1 execute'])
    ending.abort()
    await listening
  })

  test('that nobody used in time are heard, for the call to be asked for again', timeout, async () => {
    const run = await agents.live().hp.run({ id: 'r' })
    for (const callId of ['c1', 'Fall 2']) {
      await run.ask('soft', { callId }, { callId })
    }
    const second = await toCallId('Fall 2')
    for (const id of ['c1', second]) {
      await agents.decide(id, 'approve')
      await agents.lapse(id)
    }
    const fresh = agents.live()
    for await (const { tool_call_id, next } of fresh.hp.decided()) {
      expect([tool_call_id, next.action]).toEqual(['c1', 'ask_again'])
      break
    }
    const undone = async () => {
      const found: string[] = []
      for await (const { callId } of fresh.hp.resume(run)) found.push(callId)
      return found
    }
    expect(await undone()).toEqual(['c1', 'Fall 2'])
    expect(await run.ask('soft', { callId: 'Fall 2' }, { callId: 'Fall 2' })).toMatchObject({
      action: 'wait',
    })
    expect(await undone()).toEqual(['c1'])
    await agents.decide(`${second}.2`, 'approve')
    expect(await undone()).toEqual(['Fall 2', 'c1'])
    expect(await run.gate('soft', { callId: 'Fall 2' }, () => 1, { callId: 'Fall 2' })).toMatchObject({
      kind: 'ran',
    })
    expect(await undone()).toEqual(['c1'])
  })

  test('of another agent are not heard', async () => {
    const run = await agents.live().hp.run({ id: 'r' })
    await run.ask('soft', {}, { callId: 'c1' })
    await agents.decide('c1', 'approve')
    const ending = AbortSignal.timeout(1500)
    const heard: unknown[] = []
    try {
      for await (const one of agents.live().hp.decided({ agent: 'another', signal: ending })) heard.push(one)
    } catch {
      // it has no end of its own
    }
    expect(heard).toEqual([])
    for await (const { tool_call_id } of agents.live().hp.decided()) {
      expect(tool_call_id).toBe('c1')
      break
    }
  })
})
