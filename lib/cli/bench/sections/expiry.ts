import { callsOf, makeTemplates, type Calls } from '../calls'
import { target } from '../figure'
import { approvalTables, fillPool } from '../fill'
import { runLoad, withConnections } from '../load'
import { makeProject } from '../project'
import { settle, type Run } from '../run'
import { median } from '../statistics'

const clients = 16
/** From the beginning of the filling to the deadline of all. */
const leadSecondsPerThousand = 0.8
const goneWithinMs = 120_000

/** Thousands of deadlines at the same moment: how long until none is pending, and what asking suffers meanwhile. */
export async function measureExpiry(run: Run): Promise<void> {
  const calls = callsOf(await makeProject(run.place.served, 'Expiry'))
  const { pending } = await makeTemplates(run.server.port, calls)
  await askFor(run, calls, run.size.seconds)
  const count = run.size.deadlines.toLocaleString('en-US')
  const gone: number[] = []
  const quiet: number[] = []
  const meanwhile: number[] = []
  for (let round = 0; round < run.size.rounds; round++) {
    run.say('expiry: asking in quiet')
    await settle(run)
    quiet.push(await askFor(run, calls, run.size.seconds))
    await settle(run)
    run.say(`expiry: ${count} deadlines at once`)
    const flood = await expire(run, calls, pending)
    gone.push(flood.seconds)
    meanwhile.push(flood.asks)
  }
  const figure = (name: string, rounds: number[], unit: 's' | '/s') =>
    ({ section: 'expiry', name, value: median(rounds), unit, rounds }) as const
  run.add(figure(`${count} at once: until none is pending`, gone, 's'))
  run.add(figure(`asks in quiet, ${clients} clients`, quiet, '/s'))
  const ratios = quiet.map((rate, at) => rate / (meanwhile[at] ?? Number.NaN))
  run.add({
    ...figure(`asks meanwhile, ${clients} clients`, meanwhile, '/s'),
    target: target(median(ratios), 'atMost', 2, 'times slower'),
  })
  run.add({ section: 'expiry', name: 'memory after', value: run.server.memoryMb(), unit: 'MB' })
}

function askFor({ server }: Run, calls: Calls, seconds: number): Promise<number> {
  return withConnections(server.port, clients, async (connections) => {
    const load = await runLoad(connections, calls.askGated, { seconds })
    return load.count / load.seconds
  })
}

async function expire(run: Run, calls: Calls, template: string): Promise<{ seconds: number; asks: number }> {
  const { sql, server, size } = run
  const leadSeconds = 1 + (size.deadlines / 1000) * leadSecondsPerThousand
  const [clock] = await sql`select clock_timestamp() + make_interval(secs => ${leadSeconds}) as deadline`
  const deadline = clock?.deadline as Date
  const expiresAt = `'${deadline.toISOString()}'::timestamptz`
  const ids = await fillPool(
    run,
    template,
    size.deadlines,
    approvalTables({ approvals: { expires_at: expiresAt } }),
  )
  const [first = '', last = ''] = [ids[0], ids.at(-1)]
  const [left] = await sql`
    select extract(epoch from ${deadline}::timestamptz - clock_timestamp())::float as seconds`
  if (!(Number(left?.seconds) > 0)) throw new Error('Filling in took longer than the deadlines allow.')
  await new Promise((done) => setTimeout(done, Number(left?.seconds) * 1000))
  let isGone = false
  const watch = watchPending(run, first, last).finally(() => (isGone = true))
  const load = await withConnections(server.port, clients, (connections) =>
    runLoad(connections, calls.askGated, { isOver: () => isGone }),
  )
  return { seconds: await watch, asks: load.count / load.seconds }
}

/** @returns the seconds until none of these is pending */
async function watchPending({ sql, server }: Run, first: string, last: string): Promise<number> {
  const begun = performance.now()
  for (;;) {
    server.assertAlive()
    const [row] = await sql`
      select exists (select from approvals where status = 'pending' and id between ${first} and ${last}) as some`
    const passed = performance.now() - begun
    if (row?.some === false) return passed / 1000
    if (passed > goneWithinMs) throw new Error('The deadlines were not written in time.')
    await new Promise((done) => setTimeout(done, 20))
  }
}
