import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { lose, type Agents } from '@/lib/testing/agent'
import { eachWithAgents } from '@/lib/testing/each-agents'
import type { Rest } from '@/lib/testing/rest'
import { connect } from './connect.ts'
import { Rejected } from './holdpoint.ts'
import { Life } from './life.ts'

let rest: Rest
let agents: Agents
eachWithAgents((given) => ({ rest, agents } = given))

const params = { order_id: 'ORD-1', amount: 2400 }
const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes)

function thrown(work: Promise<unknown>): Promise<Error & Record<string, unknown>> {
  return work.then(
    (value) => Promise.reject(new Error(`it came to ${JSON.stringify(value)}`)),
    (error: unknown) => error as Error & Record<string, unknown>,
  )
}

describe('a client', () => {
  test('says whose key it has', async () => {
    const { kind, key, project, server } = await agents.live().hp.me()
    expect(kind).toBe('agent_key')
    expect(key?.scopes).toEqual(['run'])
    expect(project.slug).toBe(agents.project.slug)
    expect(server.max_wait_seconds).toBeGreaterThanOrEqual(50)
  })

  test('without a usable address or key is none', () => {
    const make = (options: object) => () => connect(options, new Life())
    expect(make({ url: rest.url })).toThrow(/No key: pass `key` or set HOLDPOINT_KEY/)
    expect(make({ url: rest.url, key: 'hpa_ü' })).toThrow(TypeError)
    for (const url of [
      'holdpoint.example.com',
      'http://',
      'http://x?a=1',
      'http://x/#a',
      'http://me:secret@x',
    ])
      expect(make({ url, key: 'hpa_1' })).toThrow('Not an address: pass `url` or set HOLDPOINT_URL.')
    expect(make({ url: rest.url, key: 'hpa_1', patience: 'soon' })).toThrow(/not a span/)
  })

  test('reads the environment where it is told nothing', async () => {
    const before = { ...process.env }
    Object.assign(process.env, {
      HOLDPOINT_URL: `${rest.url}/`,
      HOLDPOINT_KEY: `${agents.token}\n`,
      HOLDPOINT_AGENT: 'tester',
    })
    try {
      expect(await connect({}, new Life()).run({ id: 'r' })).toMatchObject({ id: 'r', status: 'running' })
    } finally {
      process.env = before
    }
  })

  test('is not hurt by a log that throws', async () => {
    const onEvent = () => {
      throw new Error('the log is full')
    }
    const run = await agents.live({ onEvent }).hp.run({ id: 'r' })
    const going = run.gate('gated', params, () => 1, { callId: 'call_1' })
    await agents.decide('call_1', 'approve')
    expect(await going).toMatchObject({ kind: 'ran' })
  })
})

test('the README names only what there is', async () => {
  const { hp } = agents.live()
  const run = await hp.run({ id: 'r' })
  const known: Record<string, object> = { hp, run, 'run.checkpoint': run.checkpoint }
  const readme = readFileSync('lib/client/README.md', 'utf8')
  const named = [...readme.matchAll(/\b(hp|run(?:\.checkpoint)?)\.(\w+)/g)]
  expect(named.length).toBeGreaterThan(20)
  for (const [words, owner = '', name = ''] of named)
    expect([words, name in known[owner]!]).toEqual([words, true])
})

describe('a run', () => {
  test('is the same for the same id, and is found by Holdpoint’s own', async () => {
    const run = await agents.live().hp.run({ id: 'r', input: { a: 1 }, initiator: 'ann@example.com' })
    expect(run).toMatchObject({
      id: 'r',
      status: 'running',
      record: { input: { a: 1 }, initiator: 'ann@example.com' },
    })
    const again = await agents.live().hp.run({ id: 'r' })
    expect(again.record.id).toBe(run.record.id)
    const byId = await agents.live().hp.run({ id: run.record.id })
    expect(byId.record).toMatchObject({ id: run.record.id, external_id: 'r' })
    const child = await agents.live().hp.run({ id: 'child', parent: 'r' })
    expect(child.record.parent_run_id).toBe(run.record.id)
  })

  test('ends once, also where the answer was lost', async () => {
    const agent = agents.live()
    for (const [id, end, status] of [
      ['a', 'complete', 'completed'],
      ['b', 'fail', 'failed'],
      ['c', 'cancel', 'cancelled'],
    ] as const) {
      const run = await agent.hp.run({ id })
      agent.between = lose(/^PATCH/)
      await (end === 'cancel' ? run.cancel() : run[end](end === 'fail' ? new RangeError('no') : { n: 1n }))
      expect(run.status).toBe(status)
    }
    expect((await agent.hp.run({ id: 'b' })).record.error).toEqual({ name: 'RangeError', message: 'no' })
    const run = await agent.hp.run({ id: 'a' })
    await run.complete()
    expect(await thrown(run.fail('late'))).toMatchObject({ name: 'Problem', code: 'run_finished' })
    expect(run.status).toBe('completed')
  })

  test('has steps, each once where it has an id', async () => {
    const agent = agents.live()
    const run = await agent.hp.run({ id: 'r' })
    agent.between = lose(/steps$/)
    await run.step('model', 'Turn 1', { id: 'turn 1', input: { a: 1 }, output: [1n] })
    agent.between = undefined
    await run.step('note', 'Something')
    const { body } = await rest.call('GET', '/api/runs/r', { token: agents.token })
    expect(body.steps).toMatchObject([
      { kind: 'model', name: 'Turn 1', input: { a: 1 }, output: { not_json: expect.anything() as string } },
      { kind: 'note', name: 'Something', input: null },
    ])
  })
})

describe('a checkpoint', () => {
  test('comes back as it was saved', async () => {
    const run = await agents.live().hp.run({ id: 'r' })
    expect(await run.checkpoint.load()).toBeUndefined()
    const etag = await run.checkpoint.save('{"turn":1}', { type: 'application/json' })
    const fresh = await agents.live().hp.run({ id: 'r' })
    const saved = await fresh.checkpoint.load()
    expect(saved).toMatchObject({ type: 'application/json', etag })
    expect(text(saved?.bytes)).toBe('{"turn":1}')
    await fresh.checkpoint.save(new Uint8Array([0, 255]))
    expect(await fresh.checkpoint.load()).toMatchObject({
      bytes: new Uint8Array([0, 255]),
      type: 'application/octet-stream',
    })
  })

  test('is not saved over by who has not seen it', async () => {
    const one = await agents.live().hp.run({ id: 'r' })
    const other = await agents.live().hp.run({ id: 'r' })
    await one.checkpoint.load()
    await other.checkpoint.load()
    await one.checkpoint.save('one')
    const stale = { name: 'StaleCheckpoint', code: 'precondition_failed', status: 412 }
    expect(await thrown(other.checkpoint.save('other'))).toMatchObject(stale)
    expect(await thrown(other.checkpoint.save('one'))).toMatchObject(stale)
    const fresh = await agents.live().hp.run({ id: 'r' })
    await fresh.checkpoint.load()
    await one.checkpoint.save('one more')
    expect(await thrown(fresh.checkpoint.save('fresh'))).toMatchObject(stale)
    await fresh.checkpoint.save('whatever', { ifMatch: '*' })
    expect(text((await one.checkpoint.load())?.bytes)).toBe('whatever')
  })

  test('whose answer was lost is known as our own', async () => {
    const agent = agents.live()
    const run = await agent.hp.run({ id: 'r' })
    await run.checkpoint.load()
    agent.between = lose(/^PUT/)
    await run.checkpoint.save('first')
    agent.between = lose(/^PUT/)
    await run.checkpoint.save('second')
    agent.between = undefined
    expect(text((await run.checkpoint.load())?.bytes)).toBe('second')
  })
})

describe('a gated function', () => {
  test('is called as it was, and returns and throws as it did', async () => {
    const run = await agents.live().hp.run({ id: 'r' })
    const add = run.gated('lookup', async ({ a }: { a: number }, b: number) => {
      if (b === 0) throw new RangeError('no nothing')
      return a + b
    })
    expect(await add({ a: 1 }, 2)).toBe(3)
    const error = await thrown(add({ a: 1 }, 0))
    expect(error).toBeInstanceOf(RangeError)
  })

  test('does each call once over all lives that call in the same order', async () => {
    let ran = 0
    for (let life = 0; life < 3; life++) {
      const run = await agents.live().hp.run({ id: 'r' })
      const count = run.gated('lookup', ({ a }: { a: number }) => a + ++ran)
      expect([await count({ a: 10 }), await count({ a: 10 }), await count({ a: 20 })]).toEqual([11, 12, 23])
    }
    expect(ran).toBe(3)
  })

  test('takes the ids of its calls from who calls', async () => {
    const run = await agents.live().hp.run({ id: 'r' })
    const fixed = run.gated('lookup', () => 1, { callId: 'one' })
    const told = run.gated('lookup', (_: object, call: { id: string }) => call.id, {
      callId: (_, call) => call.id,
    })
    expect([await fixed({}), await told({}, { id: 'two' })]).toEqual([1, 'two'])
    expect(await agents.call('r', 'two')).toMatchObject({ status: 'succeeded', output: 'two' })
    expect(await agents.call('r', 'one')).toMatchObject({ status: 'succeeded' })
  })

  test('that is rejected throws, or says what it was told to', async () => {
    const run = await agents.live().hp.run({ id: 'r' })
    const plain = run.gated('soft', () => 'ran', {
      callId: 'call_1',
      describe: ({ a }: { a: number }) => `a is ${a}`,
    })
    const going = thrown(plain({ a: 1 }))
    const kind = run.gated('soft', () => 'ran', {
      callId: 'call_2',
      onRejected: (message) => `no: ${message}`,
    })
    const other = kind({})
    await agents.decide('call_1', 'reject', 'Not now.')
    await agents.decide('call_2', 'reject', 'Not now.')
    const error = await going
    expect(error).toBeInstanceOf(Rejected)
    expect(error).toMatchObject({ name: 'Rejected', code: 'rejected', approval: { description: 'a is 1' } })
    expect(await other).toMatch(/^no: soft was rejected by .*: Not now\./)
  })
})

async function withdraw(toolCallId: string): Promise<void> {
  const { id } = await agents.held(toolCallId)
  await rest.call('POST', `/api/approvals/${id}/cancel`, { token: agents.token, body: {} })
}

test('what was decided meanwhile is found by the agent’s own ids of its calls', async () => {
  const run = await agents.live().hp.run({ id: 'r' })
  const ids = ['Überweisung 1', 'call_1', 'call_9']
  const metadata = { call_id: 'somebody else’s' }
  for (const callId of ids)
    await run.ask('gated', params, { callId, ...(callId === 'call_9' && { metadata }) })
  await withdraw('call_1')
  await run.ask('gated', params, { callId: 'call_1' })
  const waiting = await rest.call('GET', '/api/approvals?status=pending', { token: agents.token })
  for (const { tool_call_id } of waiting.body.items ?? [])
    await agents.decide(tool_call_id as string, 'approve')
  const fresh = agents.live()
  const again = await fresh.hp.run({ id: 'r' })
  const found: string[] = []
  for await (const { callId } of fresh.hp.resume(again)) found.push(callId)
  expect(found.sort()).toEqual([...ids].sort())
  for (const callId of found) {
    const outcome = await again.gate('gated', params, () => 1, { callId })
    expect(outcome).toMatchObject({ kind: 'ran', replayed: false })
  }
  for await (const { callId } of fresh.hp.resume(again)) throw new Error(`${callId} has a result`)
})

test('what a server says without end of a run is not followed for ever', async () => {
  const agent = agents.live()
  const run = await agent.hp.run({ id: 'r' })
  let pages = 0
  agent.between = async () => Response.json({ id: run.record.id, steps: [], next_cursor: `${++pages}` })
  const { name, code, message } = await thrown(agent.hp.resume(run).next())
  expect([name, code, message, pages]).toEqual(['Unavailable', 'unavailable', 'r has no end.', 1000])
})

describe('the steps of the gate by themselves', () => {
  test('ask and settle take nothing; claim takes the one use', async () => {
    const agent = agents.live()
    const run = await agent.hp.run({ id: 'r' })
    const asked = await run.ask('gated', params, { callId: 'call_1' })
    expect(asked).toMatchObject({ action: 'wait', isGranted: false, toolCallId: 'call_1' })
    const settling = run.settle(asked)
    await agents.decide('call_1', 'approve')
    const settled = await settling
    expect(settled).toMatchObject({ action: 'execute', isGranted: false, approval: { claimed_at: null } })
    const claimed = await run.claim(settled)
    expect(claimed).toMatchObject({ isGranted: true, params })
    const other = await agents.live().hp.run({ id: 'r' })
    expect(await other.claim(settled)).toMatchObject({ isGranted: false, action: 'done' })
    await run.report(claimed, { status: 'succeeded', output: 1 })
    await run.report('call_1', { status: 'succeeded', output: 2 })
    expect(await agents.call('r', 'call_1')).toMatchObject({ status: 'succeeded', output: 1 })
  })

  test('a call that needs no approval has one start', async () => {
    const run = await agents.live().hp.run({ id: 'r' })
    const asked = await run.ask('lookup', params, { callId: 'call_1' })
    expect(asked).toMatchObject({ action: 'execute', isGranted: false, approval: undefined })
    const other = await agents.live().hp.run({ id: 'r' })
    // twenty at once, also where they share a process: one of them may run it
    const claims = [run, run, other].flatMap((each) => Array.from({ length: 7 }, () => each.claim(asked)))
    const granted = (await Promise.all(claims)).map(({ isGranted, action }) => `${action} ${isGranted}`)
    expect(granted.sort()).toEqual([...Array<string>(20).fill('done false'), 'execute true'])
  })

  test('what has to be asked again is, by each of them', async () => {
    const run = await agents.live().hp.run({ id: 'r' })
    await run.ask('gated', params, { callId: 'call_1' })
    await withdraw('call_1')
    const again = await run.ask('gated', params, { callId: 'call_1' })
    expect(again).toMatchObject({ action: 'wait', toolCallId: 'call_1.2' })
    await withdraw('call_1.2')
    const settling = run.settle(again)
    await agents.decide('call_1.3', 'approve')
    const settled = await settling
    expect(settled).toMatchObject({ action: 'execute', toolCallId: 'call_1.3' })
    await agents.lapse('call_1.3')
    const claimed = await run.claim(settled)
    expect(claimed).toMatchObject({ action: 'wait', isGranted: false, toolCallId: 'call_1.4' })
    await agents.decide('call_1.4', 'reject')
    await expect(run.settle(claimed)).rejects.toMatchObject({ name: 'Refused', code: 'rejected' })
  })

  test('a run that is over is told by who ended it, whichever call hears it first', async () => {
    const agent = agents.live()
    const run = await agent.hp.run({ id: 'r' })
    const asked = await run.ask('gated', params, { callId: 'call_1' })
    const sibling = await run.ask('gated', params, { callId: 'call_2' })
    await agents.decide('call_1', 'reject', 'Fraud.')
    const refused = { name: 'Refused', code: 'rejected', approval: { tool_call_id: 'call_1' } }
    await expect(run.settle(sibling)).rejects.toMatchObject(refused)
    await expect(run.settle(asked)).rejects.toBe(run.signal.reason)
    const calls = ['call_2', 'call_3'].map((callId) => ({ tool: 'gated', params, callId, execute: () => 1 }))
    const late = await agents.live().hp.run({ id: 'r' })
    await expect(late.batch(calls)).rejects.toMatchObject(refused)
  })
})
