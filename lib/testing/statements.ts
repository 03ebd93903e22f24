import { setTimeout as pause } from 'node:timers/promises'
import type { Tap } from '@/lib/cli/bench/tap'

/**
 * How many statements some work sends, without those that tell others and note that a key was used. What it does has to
 * have been done before, since a connection asks for types and the like at its first statements.
 */
export async function statementsOf(tap: Tap, work: () => Promise<unknown>): Promise<number> {
  await pause(100)
  tap.take()
  await work()
  return tap.take().filter(({ text }) => !/pg_notify|last_used_at" =/.test(text)).length
}
