import { installAgentsSdk } from '../agents-sdk'
import { hearOfAsks, type AskedIds } from '../asked-ids'
import { callsOf, type Calls } from '../calls'
import { ratioText, target, type Figure } from '../figure'
import { requestText, type HttpConnection } from '../http-connection'
import { expectStatus, runLoad, withConnections } from '../load'
import { makeProject, gatedTool, refundParams } from '../project'
import { settle, type Run } from '../run'
import { startOwn } from '../server-process'
import { median } from '../statistics'

/** Agents at a time. Those that wait hold a request each, so that more of them are needed for the same work. */
const clients = 16
const waiterCounts = [64, 128]
/** The SDK's agents do all of their work in the server. */
const sdkCounts = [16, 64, 128]

type Until = { seconds: number }

type Way = {
  /** Of these, as many at a time as suit it best are compared with the others. */
  kind: 'three' | 'four' | 'sdk' | 'table'
  /** What the report calls it. */
  name: string
  /** @returns cycles a second */
  run(until: Until): Promise<number>
}

/**
 * Whole cycles of a gated call, ask to result: in three requests, with the wait and the claim in the ask; in four; and
 * by what people make themselves: with OpenAI's Agents SDK and a table, and with the bare table, which has no agent in
 * it. Those that differ by it run with as many at a time as suit them best. They take turns, since a machine is not as
 * fast at all times.
 */
export async function measureCycles(run: Run): Promise<void> {
  const calls = callsOf(await makeProject(run.place.served, 'Cycles'))
  const waiting = await makeProject(run.place.served, 'Cycles that wait')
  const table = await startOwn(run.place, run.ending, 'own-table')
  const sdk = await startSdk(run)
  const asked = await hearOfAsks(run.place.served, waiting.id)
  const ways: Way[] = [
    ...waiterCounts.map((count) => ({
      kind: 'three' as const,
      name: `ask with the wait and claim, decide, result, ${count}`,
      run: (until: Until) => loadWaiting(run.server.port, callsOf(waiting), asked, count, until),
    })),
    {
      kind: 'four',
      name: `ask, decide, claim, result, ${clients}`,
      run: (until) => load(run.server.port, clients, until, fourOf(calls)),
    },
    ...(sdk.port === undefined ? [] : sdkCounts).map((count) => ({
      kind: 'sdk' as const,
      name: `${sdkName}, ${count}`,
      run: (until: Until) => load(sdk.port ?? 0, count, until, agentsCycle),
    })),
    {
      kind: 'table',
      name: `ask, decide, claim, result on a table of one’s own, ${clients}`,
      run: (until) => load(table.port, clients, until, tableCycle),
    },
  ]
  try {
    report(run, ways, await measure(run, ways), sdk.missing)
  } finally {
    await asked.stop()
  }
}

const sdkName = 'the OpenAI Agents SDK and a table of one’s own'

/** Where the SDK is installed or can be: the port that its server has. */
async function startSdk(run: Run): Promise<{ port?: number; missing?: string }> {
  try {
    return await startOwn(run.place, run.ending, 'own-agents', { AGENTS_SDK: installAgentsSdk() })
  } catch (error) {
    const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n')
    return { missing: `not measured: ${line.slice(0, 120)}` }
  }
}

type Rounds = Map<Way, number[]>

async function measure(run: Run, ways: Way[]): Promise<Rounds> {
  const rounds: Rounds = new Map(ways.map((way) => [way, []]))
  const seconds = run.size.seconds * 2
  for (let round = -1; round < run.size.rounds; round++) {
    for (const way of ways) {
      run.say(`cycles: ${way.name}, round ${round + 1} of ${run.size.rounds}`)
      await settle(run)
      const rate = await way.run({ seconds: round < 0 ? seconds / 4 : seconds })
      // the first is a warm-up
      if (round >= 0) rounds.get(way)?.push(rate)
    }
  }
  return rounds
}

function report(run: Run, ways: Way[], rounds: Rounds, missing: string | undefined): void {
  const of = (way: Way | undefined) => (way && rounds.get(way)) ?? []
  const best = (kind: Way['kind']) =>
    ways.filter((way) => way.kind === kind).toSorted((a, b) => median(of(b)) - median(of(a)))[0]
  const ratio = (kind: Way['kind'], other: Way['kind']) =>
    median(of(best(kind)).map((rate, round) => rate / (of(best(other))[round] ?? Number.NaN)))
  const ofTable = (kind: Way['kind']) => `${ratioText(ratio(kind, 'table'))} of the bare table`
  const more: Partial<Record<Way['kind'], Partial<Figure>>> = {
    three: {
      ...(missing === undefined
        ? { target: target(ratio('three', 'sdk'), 'atLeast', 1.25, 'of the Agents SDK and a table') }
        : {}),
      note: `${ratioText(ratio('three', 'four'))} of the four requests, ${ofTable('three')}`,
    },
    four: {
      note: [missing === undefined && `${ratioText(ratio('four', 'sdk'))} of the SDK`, ofTable('four')]
        .filter(Boolean)
        .join(', '),
    },
  }
  for (const way of ways) {
    const value = median(of(way))
    const figure = { section: 'cycles', name: way.name, value, unit: '/s', rounds: of(way) } as const
    run.add({ ...figure, ...(way === best(way.kind) ? more[way.kind] : {}) })
  }
  if (missing !== undefined)
    run.add({ section: 'cycles', name: sdkName, value: null, unit: '/s', note: missing })
}

async function load(
  port: number,
  count: number,
  until: Until,
  work: (connection: HttpConnection) => Promise<unknown>,
): Promise<number> {
  const done = await withConnections(port, count, (connections) => runLoad(connections, work, until))
  return done.count / done.seconds
}

/** Each agent has a reviewer beside it, who takes the next that was asked for, whosever it is. */
async function loadWaiting(
  port: number,
  calls: Calls,
  asked: AskedIds,
  waiters: number,
  until: Until,
): Promise<number> {
  return withConnections(port, 2 * waiters, async (connections) => {
    const cycle = async (connection: HttpConnection, client: number) => {
      const reviewer = connections[waiters + client] as HttpConnection
      const deciding = asked.next().then((id) => calls.decide(reviewer, id))
      const [call] = await Promise.all([calls.askAndClaim(connection), deciding])
      await calls.recordResult(connection, call)
    }
    const { count, seconds } = await runLoad(connections.slice(0, waiters), cycle, until)
    return count / seconds
  })
}

const fourOf = (calls: Calls) => async (connection: HttpConnection) => {
  const id = await calls.askGated(connection)
  await calls.decide(connection, id)
  await calls.recordResult(connection, await calls.claim(connection, id))
}

async function post(connection: HttpConnection, path: string, body: unknown): Promise<string> {
  return expectStatus(await connection.send(requestText('POST', path, { body })), 200, path).body
}

async function askOf(connection: HttpConnection, body: unknown): Promise<string> {
  const { id } = JSON.parse(await post(connection, '/asks', body)) as { id: string }
  return `/asks/${id}`
}

async function tableCycle(connection: HttpConnection): Promise<void> {
  const ask = await askOf(connection, { tool: gatedTool, params: refundParams })
  await post(connection, `${ask}/decision`, { decision: 'approved' })
  await post(connection, `${ask}/claim`, {})
  await post(connection, `${ask}/result`, { output: { refund_id: 'RF-4711' } })
}

async function agentsCycle(connection: HttpConnection): Promise<void> {
  const ask = await askOf(connection, { task: JSON.stringify(refundParams) })
  await post(connection, `${ask}/decision`, {})
}
