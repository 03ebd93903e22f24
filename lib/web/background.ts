import postgres from 'postgres'
import { sharedDatabase } from '@/db/client'
import { dispatchEvents } from '@/lib/approvals/dispatch'
import { expireApprovals } from '@/lib/approvals/expire'
import { sealAudit } from '@/lib/audit/seal'
import type { ReadySettings } from '@/lib/env'
import { serveJobs } from '@/lib/jobs/serve'
import { onWake, receive, wakeChannel } from '@/lib/wake/wake'
import { markLiving } from './drain'
import { jobOptions } from './jobs'
import { logError } from './log'

/**
 * What a process that lives does besides answering: expires at the deadline, dispatches the outbox, seals
 * the audit log, serves jobs, and hears what other processes tell. Any number of processes may do so.
 */
export async function startBackground(setting: ReadySettings): Promise<{ stop(): Promise<void> }> {
  const db = sharedDatabase(setting.databaseUrl)
  const repeats = [
    repeat('expire', 500, () => expireApprovals(db)),
    repeat('seal', 1000, () => sealAudit(db)),
    repeat('dispatch', 1000, () => dispatchEvents(db)),
  ]
  const stopListening = await listen(setting.databaseUrl)
  const dispatchSoon = onWake(() => repeats[2]?.soon())
  const jobs = await serveJobs(jobOptions(setting))
  markLiving()
  return {
    stop: async () => {
      dispatchSoon()
      await Promise.all([...repeats.map((one) => one.stop()), jobs.stop(), stopListening()])
    },
  }
}

type Repeat = { soon(): void; stop(): Promise<void> }

/** Does the work again and again, never twice at once; a failure is said once and then tried on. */
function repeat(name: string, everyMs: number, work: () => Promise<unknown>): Repeat {
  let isStopped = false
  let isFailing = false
  let ring: () => void = () => {}
  const loop = async () => {
    while (!isStopped) {
      try {
        await work()
        if (isFailing) process.stderr.write(`${name}: goes on.\n`)
        isFailing = false
      } catch (error) {
        if (!isFailing) logError(name, '-', error)
        isFailing = true
      }
      if (isStopped) return
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, everyMs)
        ring = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }
  const running = loop()
  return {
    soon: () => ring(),
    stop: async () => {
      isStopped = true
      ring()
      await running
    },
  }
}

/** One connection of its own that hears other processes; postgres.js comes back by itself after a loss. */
async function listen(url: string): Promise<() => Promise<void>> {
  const address = new URL(url)
  address.searchParams.delete('prepare')
  const client = postgres(address.href, {
    max: 1,
    onnotice: () => {},
    connection: { application_name: 'holdpoint wake' },
  })
  await client.listen(wakeChannel, receive)
  return () => client.end({ timeout: 1 })
}
