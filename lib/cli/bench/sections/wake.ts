import { callsOf, makeTemplates, type Calls } from '../calls'
import { ratioText, target } from '../figure'
import { analyze, fillPool } from '../fill'
import type { HttpConnection } from '../http-connection'
import { runLoad, withConnections } from '../load'
import { makeProject } from '../project'
import { settle, type Run } from '../run'
import { runStatement } from '../statement-rate'
import { median, percentile } from '../statistics'

const levels = [0, 1000, 10_000]
const shares = [0.5, 0.95, 0.99]
const stillCount = 500
/** A wait is held by then. */
const heldAfterMs = 10

/** From the moment a decision is sent to the moment the waiting agent has it, with few and with many pending. */
export async function measureWake(run: Run): Promise<void> {
  const calls = callsOf(await makeProject(run.place.served, 'Wake'))
  const templates = await makeTemplates(run.server.port, calls)
  await withConnections(run.server.port, 3, (connections) =>
    decideOften(calls, connections, run.size.decisions),
  )
  const still = await withConnections(run.server.port, 1, (connections) =>
    runLoad(connections, calls.still, { count: stillCount }),
  )
  const found = new Map(levels.map((level) => [level, [] as number[][]]))
  const bare: number[] = []
  const paced: number[][] = []
  let pace = Infinity
  for (let round = 0; round < run.size.rounds; round++) {
    for (const level of levels) {
      run.say(`wake: ${level} pending`)
      await clearPending(run, templates.pending)
      if (level > 0) await fillPool(run, templates.pending, level)
      await settle(run)
      const begun = performance.now()
      const latencies = await withConnections(run.server.port, 3, (connections) =>
        decideOften(calls, connections, run.size.decisions),
      )
      pace = (latencies.length / (performance.now() - begun)) * 1000
      found.get(level)?.push(shares.map((share) => percentile(latencies, share)))
    }
    const withLatencies = true
    const pgbench = await runStatement(run, 'decide', 1, run.size.decisions, { withLatencies })
    if (pgbench) bare.push(median(pgbench.latencies))
    const atPace = await runStatement(run, 'decide', 1, run.size.decisions, { withLatencies, pace })
    if (atPace) paced.push(shares.map((share) => percentile(atPace.latencies, share)))
  }
  await clearPending(run, templates.pending)
  reportPace(run, found.get(0)?.map(([half]) => half ?? Number.NaN) ?? [], bare, paced)
  report(run, found, median(still.latencies), bare.length > 0 ? median(bare) : undefined)
}

function report(run: Run, found: Map<number, number[][]>, still: number, bare: number | undefined): void {
  const valueOf = (level: number, at: number) =>
    median((found.get(level) ?? []).map((round) => round[at] ?? Number.NaN))
  for (const level of levels) {
    for (const [at, share] of shares.entries()) {
      const value = valueOf(level, at)
      const rounds = (found.get(level) ?? []).map((round) => round[at] ?? Number.NaN)
      const name = `decision to waiting agent, ${level.toLocaleString('en-US')} pending, p${share * 100}`
      const ofPgbench = bare === undefined ? undefined : value / bare
      const bound = share === 0.5 ? 3 : 10
      run.add({
        ...{ section: 'wake', name, value, unit: 'ms', rounds, ofStatic: value / still },
        ...(ofPgbench === undefined ? {} : { ofPgbench }),
        ...(level === 0 && share !== 0.95 && ofPgbench !== undefined
          ? { target: target(ofPgbench, 'atMost', bound, "of pgbench's median decision") }
          : {}),
        ...(level === 10_000 && share === 0.5
          ? { target: target(value / valueOf(0, at), 'atMost', 1.2, 'of none pending') }
          : {}),
      })
    }
  }
  run.add({ section: 'wake', name: 'memory after', value: run.server.memoryMb(), unit: 'MB' })
}

/**
 * What a machine that rests between two decisions, as it does between those that are waited for, makes of pgbench's:
 * the figures above are held against decisions without a rest.
 */
function reportPace(run: Run, half: number[], bare: number[], paced: number[][]): void {
  if (paced.length === 0) return
  const still = { section: 'wake', unit: 'ms' } as const
  run.add({ ...still, name: "pgbench's decision, without a rest", value: median(bare), rounds: bare })
  for (const [at, share] of shares.entries()) {
    const rounds = paced.map((round) => round[at] ?? Number.NaN)
    const value = median(rounds)
    const name = `pgbench's decision, at the pace of the waits, p${share * 100}`
    const note = `the p50 with none pending is ${ratioText(median(half) / value)} of it`
    run.add({ ...still, name, value, rounds, ...(share === 0.5 ? { note } : {}) })
  }
}

/** @returns milliseconds of each */
async function decideOften(
  calls: Calls,
  [agent, waiting, reviewer]: HttpConnection[],
  count: number,
): Promise<number[]> {
  if (!agent || !waiting || !reviewer) throw new Error('Three connections are needed.')
  const latencies: number[] = []
  while (latencies.length < count) {
    const id = await calls.askGated(agent)
    let answeredAt = Number.NaN
    const waited = calls.wait(waiting, id).then(() => (answeredAt = performance.now()))
    await new Promise((done) => setTimeout(done, heldAfterMs))
    const begun = performance.now()
    await Promise.all([waited, calls.decide(reviewer, id)])
    latencies.push(answeredAt - begun)
  }
  return latencies
}

/** Nothing is pending any more, as if all had been withdrawn long ago; but for the template. */
async function clearPending({ sql }: Run, template: string): Promise<void> {
  await sql`
    update runs r set status = 'running', pending_count = 0 from approvals a
    where a.run_id = r.id and a.status = 'pending' and a.id <> ${template}`
  await sql`
    update approvals set status = 'cancelled', resolved_at = clock_timestamp()
    where status = 'pending' and id <> ${template}`
  await analyze(sql)
}
