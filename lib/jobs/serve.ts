import {
  Logger,
  run,
  runOnce,
  type Runner,
  type RunnerOptions,
  type TaskList as WorkerTasks,
} from 'graphile-worker'
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

const pollMs = 1000
const freeMs = 15_000
const restartMs = 1000
const stopMs = 6000

/**
 * Serves jobs until `stop`, within milliseconds of their commit, and again by itself where the database was
 * gone. A failed job is tried again by graphile-worker's back-off; one that a dead process held is freed
 * within two minutes.
 * @throws where the database cannot be reached at the start
 */
export async function serveJobs(options: ServeOptions): Promise<{ stop(): Promise<void> }> {
  const log = options.log ?? (() => undefined)
  let isStopping = false
  let current = await start(options, log)
  const keepServing = async () => {
    for (;;) {
      await current.runner.promise.catch(() => undefined)
      if (isStopping) return
      log('The job workers stopped; starting them again.')
      await current.end()
      const next = await startAgain(options, log, () => isStopping)
      if (!next) return
      current = next
      if (isStopping) await endServing(current)
    }
  }
  void keepServing()
  return {
    stop: async () => {
      isStopping = true
      await endServing(current)
    },
  }
}

type Serving = { runner: Runner; end(): Promise<void> }

async function start(options: ServeOptions, log: (line: string) => void): Promise<Serving> {
  const lease = await openLease(options.databaseUrl, log)
  try {
    await lease.free()
    const runner = await run(workerOptions(options, lease, log))
    const timer = setInterval(() => void free(lease, log), freeMs)
    timer.unref()
    const end = async () => {
      clearInterval(timer)
      await lease.end()
    }
    return { runner, end }
  } catch (error) {
    await lease.end()
    throw error
  }
}

async function startAgain(
  options: ServeOptions,
  log: (line: string) => void,
  isStopping: () => boolean,
): Promise<Serving | undefined> {
  while (!isStopping()) {
    await new Promise((resolve) => setTimeout(resolve, restartMs))
    try {
      return await start(options, log)
    } catch {
      // The database is still gone; the loop goes on until it is back.
    }
  }
  return undefined
}

async function endServing({ runner, end }: Serving): Promise<void> {
  await stopRunner(runner)
  await end()
}

async function free(lease: Lease, log: (line: string) => void): Promise<void> {
  try {
    const count = await lease.free()
    if (count > 0) log(`Freed the jobs of ${count} workers that are gone.`)
  } catch (error) {
    log(`Jobs of workers that are gone were not looked for: ${String(error)}`)
  }
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
  const counts = { done: 0, failed: 0 }
  lease.events.on('job:success', () => void counts.done++)
  lease.events.on('job:error', () => void counts.failed++)
  try {
    await lease.free()
    await runOnce(workerOptions(options, lease, log))
    return counts
  } finally {
    await lease.end()
  }
}

function workerOptions(options: ServeOptions, lease: Lease, log: (line: string) => void): RunnerOptions {
  const concurrency = options.concurrency ?? 4
  const url = new URL(options.databaseUrl)
  url.searchParams.delete('prepare')
  parkOn(lease.events, url.href, log)
  return {
    connectionString: url.href,
    maxPoolSize: concurrency + 2,
    concurrency,
    pollInterval: pollMs,
    noHandleSignals: true,
    events: lease.events,
    parsedCronItems: [],
    taskList: toWorkerTasks(options.tasks),
    logger: new Logger(() => (level, message) => {
      if (level === 'error') log(message.split('\n', 1)[0] ?? message)
    }),
    preset: { worker: { gracefulShutdownAbortTimeout: 3000 } },
  }
}

function toWorkerTasks(tasks: TaskList): WorkerTasks {
  return Object.fromEntries(
    Object.entries(tasks).map(([name, task]) => [
      name,
      (payload, { job, abortSignal }) =>
        task(payload, { attempts: job.attempts, maxAttempts: job.max_attempts, signal: abortSignal }),
    ]),
  ) as WorkerTasks
}
