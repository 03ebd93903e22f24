import { callsOf } from '../calls'
import { hearOfAsks } from '../asked-ids'
import { target } from '../figure'
import { requestText, type HttpConnection } from '../http-connection'
import { expectStatus, runLoad, withConnections } from '../load'
import { makeProject, gatedTool, refundParams } from '../project'
import { settle, type Run } from '../run'
import { startOwnTable } from '../server-process'
import { median } from '../statistics'

/** Agents at a time. Those that wait hold a request each, so that more of them are needed for the same work. */
const clients = 16
const waiters = 64

/**
 * Whole cycles of a gated call, ask to result: in three requests, with the wait and the claim in the ask; in four; and in
 * four against a table of one's own. They take turns, since a machine is not as fast at all times.
 */
export async function measureCycles(run: Run): Promise<void> {
  const project = await makeProject(run.place.served, 'Cycles')
  const calls = callsOf(project)
  const own = await startOwnTable(run.place, run.ending)
  const seconds = run.size.seconds * 2
  const ways = {
    four: (until: { seconds: number }) =>
      load(run.server.port, clients, until, async (connection) => {
        const id = await calls.askGated(connection)
        await calls.decide(connection, id)
        await calls.recordResult(connection, await calls.claim(connection, id))
      }),
    three: async (until: { seconds: number }) => {
      const asked = await hearOfAsks(run.sql, project.id)
      try {
        return await withConnections(run.server.port, 2 * waiters, async (connections) => {
          const cycles = runLoad(
            connections.slice(0, waiters),
            async (connection, client) => {
              const reviewer = connections[waiters + client] as HttpConnection
              const deciding = asked.next().then((id) => calls.decide(reviewer, id))
              const [call] = await Promise.all([calls.askAndClaim(connection), deciding])
              await calls.recordResult(connection, call)
            },
            until,
          )
          const { count, seconds: took } = await cycles
          return count / took
        })
      } finally {
        await asked.stop()
      }
    },
    own: (until: { seconds: number }) => load(own.port, clients, until, ownCycle),
  }
  const rounds: Record<keyof typeof ways, number[]> = { four: [], three: [], own: [] }
  for (let round = -1; round < run.size.rounds; round++) {
    for (const [name, way] of Object.entries(ways) as [keyof typeof ways, typeof ways.own][]) {
      run.say(`cycles: ${name}, round ${round + 1} of ${run.size.rounds}`)
      await settle(run)
      const rate = await way({ seconds: round < 0 ? seconds / 4 : seconds })
      // the first is a warm-up
      if (round >= 0) rounds[name].push(rate)
    }
  }
  const ratios = (name: 'three' | 'four') =>
    median(rounds[name].map((rate, i) => rate / (rounds.own[i] ?? NaN)))
  const figure = (name: keyof typeof ways, words: string) => ({
    section: 'cycles' as const,
    name: words,
    value: median(rounds[name]),
    rounds: rounds[name],
    unit: '/s' as const,
  })
  run.add({
    ...figure('three', `ask with the wait and claim, decide, result, ${waiters}`),
    target: target(ratios('three'), 'atLeast', 1.25, 'of a table of one’s own'),
  })
  run.add({
    ...figure('four', `ask, decide, claim, result, ${clients}`),
    note: `${ratios('four').toFixed(2)} of a table of one’s own`,
  })
  run.add(figure('own', `the same four on a table of one’s own, ${clients}`))
}

async function load(
  port: number,
  count: number,
  until: { seconds: number },
  work: (connection: HttpConnection) => Promise<unknown>,
): Promise<number> {
  const done = await withConnections(port, count, (connections) => runLoad(connections, work, until))
  return done.count / done.seconds
}

async function ownCycle(connection: HttpConnection): Promise<void> {
  const post = async (path: string, body: unknown) =>
    expectStatus(await connection.send(requestText('POST', path, { body })), 200, path).body
  const asked = await post('/asks', { tool: gatedTool, params: refundParams })
  const { id } = JSON.parse(asked) as { id: string }
  await post(`/asks/${id}/decision`, { decision: 'approved' })
  await post(`/asks/${id}/claim`, {})
  await post(`/asks/${id}/result`, { output: { refund_id: 'RF-4711' } })
}
