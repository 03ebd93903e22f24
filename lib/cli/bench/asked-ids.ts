import { openSql } from '@/db/drivers'
import { onWake, receive, wakeChannel } from '@/lib/wake/wake'

/** The ids of approvals as they are asked for, each to one who waits for one. */
export type AskedIds = { next(): Promise<string>; stop(): Promise<void> }

/**
 * Hears of each approval that is asked for in a project from now on, as another process of the server hears of it: by
 * the NOTIFY that the server sends some 5 to 20 ms after the commit, whether anybody listens or not. It asks neither
 * the server nor the database for anything, so that it is no load. The first word of an approval is that it was asked
 * for; what became of it comes later, and is not told.
 */
export async function hearOfAsks(databaseUrl: string, projectId: string): Promise<AskedIds> {
  const known = new Set<string>()
  const found: string[] = []
  const waiting: ((id: string) => void)[] = []
  const stopHearing = onWake((wakes) => {
    for (const wake of wakes) {
      if (wake.projectId !== projectId || known.has(wake.approvalId)) continue
      known.add(wake.approvalId)
      const call = waiting.shift()
      if (call) call(wake.approvalId)
      else found.push(wake.approvalId)
    }
  })
  const sql = openSql(databaseUrl, { max: 1, name: 'holdpoint bench' })
  await sql.listen(wakeChannel, receive)
  return {
    next: () => {
      const id = found.shift()
      return id === undefined ? new Promise((call) => waiting.push(call)) : Promise.resolve(id)
    },
    stop: () => {
      stopHearing()
      return sql.end({ timeout: 5 })
    },
  }
}
