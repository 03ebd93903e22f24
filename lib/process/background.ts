import { openDatabase } from '@/db/client'
import { openSql } from '@/db/drivers'
import { keepAllUnderstood } from '@/lib/agents/understood'
import { dispatchEvents } from '@/lib/outbox/dispatch'
import { expireApprovals } from '@/lib/approvals/expire'
import { fillSearch } from '@/lib/outbox/fill-search'
import { publishHeads } from '@/lib/audit/publish-heads'
import { sealAudit } from '@/lib/audit/seal'
import type { ReadySettings } from '@/lib/env'
import { log } from '@/lib/log'
import { serveJobs } from '@/lib/jobs/serve'
import { takeSteps } from '@/lib/notices/take-steps'
import { pruneOld } from '@/lib/retention/prune'
import { queueLostTurns } from '@/lib/webhooks/turn'
import { onWake, receive, tellOthersBy, wakeChannel } from '@/lib/wake/wake'
import { markLiving } from './drain'
import { jobOptions } from './job-options'
import { logAuditHead, logError } from './log'

/**
 * Connections of their own, so that requests never queue behind the work of a flood of deadlines: few, since
 * what they do is done to the end anyway, and each of them busy is a share of the machine less for requests.
 */
const connections = { deadlines: 2, jobs: 4, search: 1 }

/** How often what is kept no longer is deleted, and for how long at a time. */
const pruning = { everyMs: 600_000, mostMs: 20_000 }

/** How often files of agents that were deployed by an older release are looked for. */
const understanding = { everyMs: 600_000 }

/** How often heads of audit logs are looked for that are to be published; each is so once an hour. */
const publishing = { everyMs: 60_000 }

/** How often chat webhooks are looked for whose job is lost. */
const resuming = { everyMs: 60_000 }

/**
 * Events wait a moment, so that those who wait for a decision are answered before others are told of it, and
 * under load longer, so that many are told of in one statement.
 */
const dispatching = { gatherMs: 25, restMs: 250 }

/** What was asked for is found soon after it was dispatched; under load many in one statement. */
const searching = { restMs: 500 }

/**
 * What a process that lives does besides answering: expires at the deadline, dispatches the outbox, seals
 * the audit log, serves jobs, deletes what is kept no longer, and hears what other processes tell. Any number
 * of processes may do so.
 */
export async function startBackground(setting: ReadySettings): Promise<{ stop(): Promise<void> }> {
  // First of all: a request that came earlier would leave its work to Next, which may not be there.
  markLiving()
  const { db, close } = openDatabase(setting.databaseUrl, connections.deadlines)
  const ofJobs = openDatabase(setting.databaseUrl, connections.jobs)
  const ofSearch = openDatabase(setting.databaseUrl, connections.search)
  let isStopping = false
  const search = repeat('search', 1000, () => fillSearch(ofSearch.db, () => !isStopping), searching)
  const dispatch = repeat(
    'dispatch',
    1000,
    async () => {
      if ((await dispatchEvents(db)) > 0) search.soon()
    },
    dispatching,
  )
  const repeats = [
    dispatch,
    repeat('expire', 500, () => expireApprovals(db)),
    search,
    repeat('steps', 1000, () => takeSteps(db)),
    repeat('seal', 1000, () => sealAudit(db)),
    repeat('heads', publishing.everyMs, () => publishHeads(ofJobs.db, logAuditHead)),
    repeat('turns', resuming.everyMs, () => queueLostTurns(ofJobs.db)),
    repeat('policies', understanding.everyMs, () => keepAllUnderstood(ofJobs.db, () => !isStopping)),
    repeat('prune', pruning.everyMs, () => {
      const endAt = performance.now() + pruning.mostMs
      return pruneOld(ofJobs.db, () => !isStopping && performance.now() < endAt)
    }),
  ]
  const stopListening = listen(setting.databaseUrl)
  const dispatchSoon = onWake(() => dispatch.soon())
  const jobs = await serveJobs(jobOptions(setting, ofJobs.db))
  return {
    stop: async () => {
      isStopping = true
      dispatchSoon()
      await Promise.all([...repeats.map((one) => one.stop()), jobs.stop(), stopListening()])
      await Promise.all([close(), ofJobs.close(), ofSearch.close()])
    },
  }
}

type Repeat = { soon(): void; stop(): Promise<void> }

/**
 * Does the work again and again, never twice at once; a failure is said once and then tried on.
 * @param pauses `restMs` how long it rests after each round, whoever rings; `gatherMs` how long before one
 */
function repeat(
  name: string,
  everyMs: number,
  work: () => Promise<unknown>,
  { gatherMs = 0, restMs = 0 } = {},
): Repeat {
  let isStopped = false
  let isFailing = false
  let isRung = false
  const idle = new Pause()
  const rest = new Pause()
  const loop = async () => {
    while (!isStopped) {
      if (gatherMs > 0) await rest.last(gatherMs)
      isRung = false
      try {
        await work()
        if (isFailing) log.info({ where: name }, 'goes on')
        isFailing = false
      } catch (error) {
        if (!isFailing) logError(name, '-', error)
        isFailing = true
      }
      if (!isStopped && restMs > 0) await rest.last(restMs)
      if (!isStopped && !isRung) await idle.last(everyMs)
    }
  }
  const running = loop()
  return {
    soon: () => {
      isRung = true
      idle.end()
    },
    stop: async () => {
      isStopped = true
      idle.end()
      rest.end()
      await running
    },
  }
}

/** A wait that somebody else may end. */
class Pause {
  end: () => void = () => {}

  last(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.end = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}

/**
 * Connections of its own to hear and to tell other processes; postgres.js comes back by itself after a loss, and
 * where the database is away at first.
 */
function listen(url: string): () => Promise<void> {
  const client = openSql(url, {
    max: 1,
    name: 'holdpoint wake',
    settings: { synchronous_commit: 'off', statement_timeout: 4000 },
  })
  client.listen(wakeChannel, receive).catch((error: unknown) => logError('listen', '-', error))
  tellOthersBy((payload) => client.notify(wakeChannel, payload))
  return () => {
    tellOthersBy(undefined)
    return client.end({ timeout: 1 })
  }
}
