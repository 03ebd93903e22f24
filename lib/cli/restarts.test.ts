import { expect, test } from 'vitest'
import { runRestarts, ways, type Way } from '@/lib/testing/restarts'

/** How often each way; `RESTARTS=10` shows what the promise was measured with. */
const each = Number(process.env.RESTARTS ?? 2)
const inTurn = Array.from({ length: each }, () => Object.keys(ways) as Way[]).flat()

test(
  'PostgreSQL ends under load, however it ends: the same process goes on, and works soon after its return',
  async () => {
    const run = await runRestarts(inTurn, (line) => console.log(line))
    console.log(JSON.stringify(run.answers), run.said.length, 'bytes said')
    expect(run.isAlive).toBe(true)
    expect(run.recoveries).toHaveLength(inTurn.length)
    // A bound of the contract, not a measurement.
    for (const { backMs, askedMs, noticedMs } of run.recoveries) {
      expect(askedMs - backMs).toBeLessThan(10_000)
      // A job that failed meanwhile is tried again by its back-off.
      expect(noticedMs - backMs).toBeLessThan(20_000)
    }
    expect(run.answers['500'] ?? 0).toBe(0)
  },
  60_000 + inTurn.length * 40_000,
)
