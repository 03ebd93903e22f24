import type { Sql } from 'postgres'

/** The ids of approvals as they are asked for, each to one who waits for one. */
export type AskedIds = { next(): Promise<string>; stop(): Promise<void> }

const pauseMs = 2

/** Hears of each new approval of a project, from now on, in the order in which the server tells of them. */
export async function hearOfAsks(sql: Sql, projectId: string): Promise<AskedIds> {
  const found: string[] = []
  const waiting: ((id: string) => void)[] = []
  const read = (after: number) => sql<{ seq: number; approval_id: string }[]>`
    select seq::int, approval_id from approval_events
    where project_id = ${projectId} and seq > ${after} and type = 'requested'
    order by seq`
  const [last] = await sql<{ seq: number }[]>`
    select coalesce(max(seq), 0)::int as seq from approval_events where project_id = ${projectId}`
  let isOn = true
  const listening = (async () => {
    for (let after = last?.seq ?? 0; isOn;) {
      for (const { seq, approval_id } of await read(after)) {
        after = seq
        const call = waiting.shift()
        if (call) call(approval_id)
        else found.push(approval_id)
      }
      await new Promise((done) => setTimeout(done, pauseMs))
    }
  })()
  return {
    next: () => {
      const id = found.shift()
      return id === undefined ? new Promise((call) => waiting.push(call)) : Promise.resolve(id)
    },
    stop: () => {
      isOn = false
      return listening
    },
  }
}
