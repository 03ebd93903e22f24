import {
  Logger,
  run,
  runOnce,
  type Runner,
  type RunnerOptions,
  type TaskList as WorkerTasks,
} from 'graphile-worker'
import type { Pool } from 'pg'
import { parseConnection } from '@/db/connection'
import { openWorkerPool } from '@/db/drivers'
import { measures } from '@/lib/measures'
import { placeOf, traced } from '@/lib/traces'
import { traceOf } from './add'
import { openLease, type Lease } from './lease'
import { parkOn } from './park'
import type { TaskList } from './tasks'

export type ServeOptions = {
  databaseUrl: string
  tasks: TaskList
  /** Jobs at a time; 4 where it is missing. */
  concurrency?: number
  /** Told in one line what an operator should know: a failed job, a database that cannot be reached. */
  log?: (line: string) => void
}

const defaultConcurrency = 4
const pollMs = 1000
const freeMs = 15_000
/** From one start to the next, at least. */
const restartMs = 1000
const mostEndings = 10
const startMs = 20_000
const stopMs = 6000
/** Workers that stop by themselves because of their database may wait for it in vain. */
const giveUpMs = 10_000

/**
 * Serves jobs until `stop`, within milliseconds of their commit. Whatever becomes of the database or of the
 * workers, they are started again. A failed job is tried again by graphile-worker's back-off; one that a dead
 * process held is freed within two minutes.
 * @returns once the workers run, or could not be started for now
 */
export async function serveJobs(options: ServeOptions): Promise<{ stop(): Promise<void> }> {
  const ending = new AbortController()
  let living: Promise<void> = Promise.resolve()
  await new Promise<void>((resolve) => {
    living = keepServing(options, ending.signal, resolve)
  })
  const stop = () => {
    ending.abort()
    return living
  }
  return { stop }
}

async function keepServing(options: ServeOptions, signal: AbortSignal, tried: () => void): Promise<void> {
  const log = options.log ?? (() => undefined)
  const ended = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
  const former = new Set<string>()
  let endings: Promise<void>[] = []
  let current: Serving | undefined
  let isAway = false
  /** Nobody waits for those that lost their database: what they hold is freed as soon as they have ended. */
  const endOne = async (serving: Serving) => {
    await serving.end()
    for (const pool of serving.pools) former.add(pool)
    await current?.free()
  }
  while (!signal.aborted) {
    const begun = performance.now()
    try {
      current = await startWithin(start(options, log, former), ended)
      if (isAway) log('The job workers run again.')
      isAway = false
      tried()
      await Promise.race([current?.over, ended])
      if (current) endings = [...endings.slice(-mostEndings), endOne(current)]
      if (!signal.aborted) log('The job workers lost their database or stopped; starting them again.')
    } catch (error) {
      if (!isAway) log(`The job workers cannot be started for now: ${String(error)}`)
      isAway = true
      tried()
    }
    current = undefined
    const pauseMs = Math.max(0, begun + restartMs - performance.now())
    await Promise.race([new Promise((resolve) => setTimeout(resolve, pauseMs)), ended])
  }
  await Promise.all(endings)
}

type Serving = {
  pools: ReadonlySet<string>
  /** Resolves where the workers ended, or lost a connection to the database, with which they may lose a job. */
  over: Promise<void>
  /** Frees the jobs of workers that are gone. */
  free(): Promise<void>
  /** Takes 10 s at most. */
  end(): Promise<void>
}

/** @returns undefined where it was ended meanwhile; what starts later than anybody waits for it is ended. */
async function startWithin(starting: Promise<Serving>, ended: Promise<void>): Promise<Serving | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the database did not answer in time')), startMs)
  })
  const endLater = () => void starting.then((serving) => serving.end()).catch(() => undefined)
  try {
    const serving = await Promise.race([starting, late, ended])
    if (!serving) endLater()
    return serving ?? undefined
  } catch (error) {
    endLater()
    throw error
  } finally {
    clearTimeout(timer)
  }
}

/** @param former pools of this process that have ended; what they still hold is freed */
async function start(
  options: ServeOptions,
  log: (line: string) => void,
  former: Set<string>,
): Promise<Serving> {
  const lease = await openLease(options.databaseUrl, log)
  let onLost: (error: Error) => void = () => undefined
  const lost = new Promise<Error>((resolve) => (onLost = resolve))
  const workers = openWorkers(options, (error) => onLost(error))
  const close = () => Promise.all([workers.close(), lease.end()])
  try {
    await freeAll(lease, former)
    const runner = await run(workerOptions(options, workers.pool, lease, log))
    const free = () => tryToFree(lease, former, log)
    const timer = setInterval(() => void free(), freeMs)
    timer.unref()
    const end = async () => {
      clearInterval(timer)
      await stopRunner(runner)
      await close()
    }
    return { pools: lease.pools, over: whenOver(runner, lost), free, end }
  } catch (error) {
    await close()
    throw error
  }
}

function whenOver(runner: Runner, lost: Promise<unknown>): Promise<void> {
  return new Promise((resolve) => {
    const over = () => resolve()
    runner.promise.then(over, over)
    void lost.then(over)
    runner.events.once('worker:getJob:error', over)
    runner.events.once('pool:listen:error', over)
    runner.events.once('pool:gracefulShutdown', () => void setTimeout(over, giveUpMs).unref())
  })
}

function openWorkers(options: ServeOptions, onLost: (error: Error) => void) {
  const settings = { statement_timeout: 10_000 }
  const max = (options.concurrency ?? defaultConcurrency) + 2
  return openWorkerPool(options.databaseUrl, { max, name: 'holdpoint-jobs', settings }, onLost)
}

async function tryToFree(lease: Lease, former: Set<string>, log: (line: string) => void): Promise<void> {
  try {
    const count = await freeAll(lease, former)
    if (count > 0) log(`Freed the jobs of ${count} workers that are gone.`)
  } catch (error) {
    log(`Jobs of workers that are gone were not looked for: ${String(error)}`)
  }
}

async function freeAll(lease: Lease, former: Set<string>): Promise<number> {
  const these = [...former]
  const count = await lease.free(these)
  for (const pool of these) former.delete(pool)
  return count
}

/** Waits for running jobs, whose signal fires after 3 s; who does not listen is left behind after 6 s. */
async function stopRunner(runner: Runner): Promise<void> {
  const late = new Promise<void>((resolve) => setTimeout(resolve, stopMs).unref())
  await Promise.race([runner.stop().catch(() => undefined), late])
}

/**
 * Does every job that is due, then returns; for places where no process lives between requests.
 * @returns how many jobs were done, and how many failed
 */
export async function drainJobs(options: ServeOptions): Promise<{ done: number; failed: number }> {
  const log = options.log ?? (() => undefined)
  const lease = await openLease(options.databaseUrl, log)
  const workers = openWorkers(options, (error) => log(`A job lost its connection: ${error.message}`))
  const counts = { done: 0, failed: 0 }
  lease.events.on('job:success', () => void counts.done++)
  lease.events.on('job:error', () => void counts.failed++)
  try {
    await lease.free()
    await runOnce(workerOptions(options, workers.pool, lease, log))
    return counts
  } finally {
    await Promise.all([workers.close(), lease.end()])
  }
}

function workerOptions(
  options: ServeOptions,
  pgPool: Pool,
  lease: Lease,
  log: (line: string) => void,
): RunnerOptions {
  parkOn(lease.events, options.databaseUrl, log)
  return {
    pgPool,
    concurrency: options.concurrency ?? defaultConcurrency,
    // As the address says of its pooler.
    noPreparedStatements: !parseConnection(options.databaseUrl).canPrepare,
    pollInterval: pollMs,
    noHandleSignals: true,
    events: lease.events,
    parsedCronItems: [],
    taskList: toWorkerTasks(options.tasks),
    logger: new Logger(() => (level, message) => {
      if (level === 'error') log(message.split('\n', 1)[0] ?? message)
    }),
    preset: {
      worker: {
        gracefulShutdownAbortTimeout: 3000,
        // Without a batch, graphile-worker has nobody wait for what it says of a job, and a failure is uncaught.
        completeJobBatchDelay: 0,
        failJobBatchDelay: 0,
      },
    },
  }
}

function toWorkerTasks(tasks: TaskList): WorkerTasks {
  return Object.fromEntries(
    Object.entries(tasks).map(([name, task]) => [
      name,
      async (payload, { job, abortSignal }) => {
        const begun = performance.now()
        const told = (outcome: 'done' | 'failed') =>
          measures()?.job({ task: name, outcome }, (performance.now() - begun) / 1000)
        const info = { attempts: job.attempts, maxAttempts: job.max_attempts, signal: abortSignal }
        const from = placeOf(traceOf(payload))
        const attributes = { 'holdpoint.job.attempt': job.attempts }
        try {
          await traced(name, { kind: 'consumer', attributes, from }, () => task(payload, info))
          told('done')
        } catch (error) {
          told('failed')
          throw error
        }
      },
    ]),
  ) as WorkerTasks
}
