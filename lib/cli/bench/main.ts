import { availableParallelism } from 'node:os'
import { StartError } from '@/lib/start-error'
import { ensureBuilt } from '../build'
import { guardStrayErrors } from '../stray-errors'
import { captureStatements } from './capture'
import { Ending } from './ending'
import type { Figure } from './figure'
import { readOptions, usage, type Options, type SectionName } from './options'
import { findPgbench } from './pgbench'
import { openPlace, openSql } from './place'
import { fullSize, quickSize, type Run } from './run'
import { measureCycles } from './sections/cycles'
import { measureExpiry } from './sections/expiry'
import { measurePolicy } from './sections/policy'
import { measureScale } from './sections/scale'
import { measureThroughput } from './sections/throughput'
import { measureWaiters } from './sections/waiters'
import { measureWake } from './sections/wake'
import { startServer } from './server-process'
import { reportTable } from './table'

const endWithinMs = 30_000

const sections: Record<SectionName, (run: Run) => Promise<void>> = {
  throughput: measureThroughput,
  cycles: measureCycles,
  wake: measureWake,
  waiters: measureWaiters,
  policy: measurePolicy,
  expiry: measureExpiry,
  scale: measureScale,
}

/**
 * `npm run bench`: measures this version on this machine and prints one table, or with `--json` one object, on
 * standard output; what it is doing goes to standard error. Whatever it made is gone afterwards.
 * @param args what follows `npm run bench --`
 * @returns the exit code: 1 where something could not be measured, 130 where it was interrupted, 0 otherwise,
 * whatever the targets say
 */
export async function main(args: string[]): Promise<number> {
  const ending = new Ending()
  const options = readOptions(args)
  if (typeof options === 'string') {
    console.error(`${options}\n\n${usage}`)
    return 1
  }
  if (options.help) return say(usage)
  const interrupted = endOnSignals(ending)
  // the database driver may throw where nobody can catch it, when a connection ends under it
  guardStrayErrors(
    (line) => console.error(line),
    (error) => {
      console.error(error)
      void ending.run().then(() => process.exit(1))
    },
  )
  try {
    const run = await openRun(options, ending, interrupted)
    let failed = false
    for (const name of options.only) {
      interrupted.throwIfAborted()
      try {
        await sections[name](run)
      } catch (error) {
        // What was measured before is shown all the same.
        if (interrupted.aborted) throw error
        console.error(`${name} could not be measured:`, error)
        failed = true
      }
    }
    const machine = {
      node: process.versions.node,
      cpus: availableParallelism(),
      postgres: run.place.postgresVersion,
      pgbench: run.pgbench?.program ?? null,
    }
    const { figures } = run
    console.log(
      options.json
        ? JSON.stringify({ machine, quick: options.quick, figures })
        : reportTable(machine, figures),
    )
    return failed ? 1 : 0
  } catch (error) {
    if (interrupted.aborted) return 130
    console.error(error instanceof StartError ? error.message : error)
    return 1
  } finally {
    await ending.run()
  }
}

/** Ctrl-C undoes everything; what is under way then fails, and with it the run. */
function endOnSignals(ending: Ending): AbortSignal {
  const controller = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      controller.abort()
      setTimeout(() => process.exit(130), endWithinMs).unref()
      void ending.run()
    })
  }
  return controller.signal
}

function say(text: string): 0 {
  console.log(text)
  return 0
}

async function openRun(
  options: Options,
  ending: Ending,
  signal: AbortSignal,
): Promise<Run & { figures: Figure[] }> {
  const log = (line: string) =>
    console.error(`${(performance.now() / 1000).toFixed(0).padStart(5)} s  ${line}`)
  await ensureBuilt(log, signal)
  const place = await openPlace(process.env.DATABASE_URL || undefined, ending)
  const program = findPgbench()
  const pgbench = program === undefined ? undefined : { program, captured: await captureStatements(place) }
  const server = await startServer(place, ending)
  const sql = openSql(place.served)
  ending.add(() => sql.end({ timeout: 5 }))
  const figures: Figure[] = []
  let base = 0
  return {
    place,
    ending,
    server,
    sql,
    pgbench,
    size: options.quick ? quickSize : fullSize,
    figures,
    add: (figure) => void figures.push(figure),
    say: log,
    takeBase: (each) => {
      base += each + 1
      return base - each - 1
    },
  }
}
