import { callsOf, makeTemplates, type Calls, type Templates } from '../calls'
import type { Statements } from '../capture'
import { target, type Figure } from '../figure'
import { fillPool } from '../fill'
import type { HttpConnection } from '../http-connection'
import { runLoad, withConnections } from '../load'
import { makeProject } from '../project'
import { settle, type Run } from '../run'
import { runStatement } from '../statement-rate'
import { median } from '../statistics'

type Take = () => string
type Operation = {
  name: string
  /** It is a part of another one. */
  isPart?: true
  /** What one piece of work uses up. */
  uses?: 'pending' | 'approved'
  /** What pgbench does for one piece of work, one after the other. */
  statements?: (keyof Statements)[]
  work(connection: HttpConnection, take: Take): Promise<unknown>
}

const clientCounts = [1, 16]
/** Pieces of work that each client of pgbench does at least. */
const pgbenchLeast = 100

/** Requests a second of each call of an agent's and a reviewer's day, at 1 and at 16 clients. */
export async function measureThroughput(run: Run): Promise<void> {
  const project = await makeProject(run.place.served, 'Throughput')
  const calls = callsOf(project)
  const templates = await makeTemplates(run.server.port, calls)
  const still = new Map<number, number>()
  const operations = operationsOf(calls).filter(({ isPart }) => run.size.withParts || !isPart)
  for (const operation of operations) {
    for (const clients of clientCounts) {
      run.say(`throughput: ${operation.name}, ${clients} at a time`)
      const measured = await measure(run, operation, clients, templates)
      if (operation.name === 'static answer') still.set(clients, measured.value)
      run.add(figureOf(operation, clients, measured, still.get(clients) ?? Number.NaN))
      if (operation.name === 'ask gated' && clients === 16) addBehind(run, measured.behind)
    }
  }
  run.add({
    section: 'throughput',
    name: 'memory after',
    value: run.server.memoryMb(),
    unit: 'MB',
  })
}

type Measured = {
  value: number
  rounds: number[]
  /** The median of the rounds' ratios, which a machine that is busy now and then disturbs least. */
  ofPgbench?: number
  /** Seconds that the work behind the last round's answers took; undefined where it was not done in time. */
  behind: number | undefined
}

/** Notices, search and the like are done after the answer; what is asked in a round must be done soon after it. */
function addBehind(run: Run, behind: number | undefined): void {
  const { seconds, settleSeconds } = run.size
  const figure = {
    section: 'throughput',
    name: `work behind ${seconds} s of gated asks, done after`,
    value: behind ?? settleSeconds,
    unit: 's',
  } as const
  run.add(behind === undefined ? { ...figure, note: `not done within ${settleSeconds} s` } : figure)
}

function figureOf(
  { name }: Operation,
  clients: number,
  { value, rounds, ofPgbench }: Measured,
  still: number,
): Figure {
  const figure: Figure = { section: 'throughput', name: `${name}, ${clients}`, value, unit: '/s', rounds }
  if (name !== 'static answer') figure.ofStatic = value / still
  if (ofPgbench === undefined) return figure
  figure.ofPgbench = ofPgbench
  if (name === 'full cycle' || name === 'ask, decide, claim')
    figure.target = target(ofPgbench, 'atLeast', 0.5, 'of what create and decide allow')
  else if (clients === 16 && (name === 'ask gated' || name === 'decide'))
    figure.target = target(ofPgbench, 'atLeast', 0.5, 'of pgbench')
  return figure
}

function operationsOf(calls: Calls): Operation[] {
  return [
    { name: 'static answer', work: calls.still },
    { name: 'ask not gated', statements: ['askFree'], work: calls.askFree },
    { name: 'ask gated', statements: ['askGated'], work: calls.askGated },
    {
      name: 'decide',
      uses: 'pending',
      statements: ['decide'],
      work: (connection, take) => calls.decide(connection, take()),
    },
    {
      name: 'claim',
      isPart: true,
      uses: 'approved',
      statements: ['claim'],
      work: (connection, take) => calls.claim(connection, take()),
    },
    {
      name: 'ask, decide, claim',
      isPart: true,
      statements: ['askGated', 'decide'],
      work: async (connection) => {
        const id = await calls.askGated(connection)
        await calls.decide(connection, id)
        await calls.claim(connection, id)
      },
    },
    {
      // with the result told, which is one request more than it takes until the agent goes on
      name: 'full cycle',
      statements: ['askGated', 'decide'],
      work: async (connection) => {
        const id = await calls.askGated(connection)
        await calls.decide(connection, id)
        await calls.recordResult(connection, await calls.claim(connection, id))
      },
    },
  ]
}

/** A warm-up that also tells how much work fills a round; then round by round the server and pgbench in turn. */
async function measure(
  run: Run,
  operation: Operation,
  clients: number,
  templates: Templates,
): Promise<Measured> {
  const { size } = run
  const warmEach = Math.ceil(size.warmCount / clients)
  const warm = await serve(run, operation, clients, templates, warmEach)
  const each = Math.ceil((warm * size.seconds) / clients)
  const { statements = [] } = operation
  const pgEach = new Map<keyof Statements, number>()
  for (const statement of statements) {
    const warmPg = await runStatement(run, statement, clients, warmEach)
    // each of its clients prepares the statements anew, which must not be what is measured
    const enough = Math.ceil(((warmPg?.perSecond ?? 0) * size.seconds) / clients)
    pgEach.set(statement, Math.max(pgbenchLeast, enough))
  }
  const rounds: number[] = []
  const ratios: number[] = []
  let behind: number | undefined
  for (let round = 0; round < size.rounds; round++) {
    const rate = await serve(run, operation, clients, templates, each)
    rounds.push(rate)
    behind = await settle(run)
    let seconds = 0
    for (const [statement, count] of pgEach) {
      const pg = await runStatement(run, statement, clients, count)
      seconds += 1 / (pg?.perSecond ?? Number.NaN)
    }
    if (seconds > 0) ratios.push(rate * seconds)
  }
  return {
    value: median(rounds),
    rounds,
    behind,
    ...(ratios.length === 0 ? {} : { ofPgbench: median(ratios) }),
  }
}

/** @returns pieces of work a second over HTTP, from quiet */
async function serve(
  run: Run,
  { uses, work }: Operation,
  clients: number,
  templates: Templates,
  each: number,
): Promise<number> {
  const ids = uses === undefined ? [] : (await fillPool(run, templates[uses], clients * each)).reverse()
  await settle(run)
  const take = () => {
    const id = ids.pop()
    if (id === undefined) throw new Error('The approvals that were filled in are used up.')
    return id
  }
  const load = await withConnections(run.server.port, clients, (connections) =>
    runLoad(connections, (connection) => work(connection, take), { count: clients * each }),
  )
  return load.count / load.seconds
}
