import type { Sql } from 'postgres'
import type { Captured } from './capture'
import type { Ending } from './ending'
import type { Figure } from './figure'
import type { Place } from './place'
import type { ServerProcess } from './server-process'

/** What each section works with. */
export type Run = {
  place: Place
  /** Undoes what a section starts. */
  ending: Ending
  server: ServerProcess
  /** To the server's database, for filling and checking. */
  sql: Sql
  /** Where pgbench is installed: its path, and our statements for it. */
  pgbench: { program: string; captured: Captured } | undefined
  size: Size
  add(figure: Figure): void
  /** Says on standard error what is being done. */
  say(line: string): void
  /** A range of numbers for rows, in both databases, that nobody else uses. */
  takeBase(each: number): number
}

/** How long and how much, for a full run and for a quick one. */
export type Size = {
  /** Whether rows are measured too that tell more of what another row is about. */
  withParts: boolean
  rounds: number
  /** Of one measurement. */
  seconds: number
  /** Pieces of work of a warm-up that is counted. */
  warmCount: number
  /** How long the work behind the answers may take before the next measurement begins all the same. */
  settleSeconds: number
  /** Decisions that somebody waits for, in a round. */
  decisions: number
  /** Numbers of agents that wait at a time. */
  waiters: number[]
  /** Deadlines that pass at the same moment. */
  deadlines: number
  /** How many approvals the lists are read with. */
  scale: number[]
}

export const fullSize: Size = {
  withParts: true,
  rounds: 3,
  seconds: 3,
  warmCount: 2000,
  settleSeconds: 60,
  decisions: 300,
  waiters: [1000, 5000],
  deadlines: 10_000,
  scale: [100, 100_000, 1_000_000],
}
export const quickSize: Size = {
  withParts: false,
  rounds: 1,
  seconds: 0.2,
  warmCount: 100,
  settleSeconds: 1,
  decisions: 20,
  waiters: [1000],
  deadlines: 1000,
  scale: [100, 1000],
}

/**
 * Waits until the server has nothing left to do behind its answers, so that one measurement does not pay for the
 * one before.
 * @returns the seconds that took, or undefined where it was not done in time
 */
export async function settle({ sql, size, server }: Run): Promise<number | undefined> {
  const begun = performance.now()
  for (;;) {
    server.assertAlive()
    const [row] = await sql`
      select exists (select from approval_events where seq is null)
        or exists (select from approval_search_queue)
        or exists (select from audit_entries where seq is null)
        or exists (select from graphile_worker.jobs where run_at <= now() and attempts < max_attempts) as busy`
    const seconds = (performance.now() - begun) / 1000
    if (row?.busy === false) return seconds
    if (seconds > size.settleSeconds) return undefined
    await new Promise((done) => setTimeout(done, 100))
  }
}
