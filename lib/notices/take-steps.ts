import { sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { listOpenApprovals, type OpenApproval } from '@/db/queries/notices'
import { isNotAside } from '@/db/queries/set-aside'
import { dueStep, nextStep, stepKinds, type StepKind } from '@/lib/approvals/steps'
import { isMoreDue, workInTurns, type Task } from '@/lib/work/in-turns'
import { addNoticeJobs, mailJob } from './jobs'
import { lockNoticesOf, tellPeople } from './tell-people'

const batchSize = 200

/** So many of the longest due are looked at, to take of each project in turn. */
const lookedAt = 5000

/**
 * Takes the steps that are due of what waits: reminds those who may decide and want to hear of it, each once, of
 * approvals that are still open when half and when nine tenths of their time are over. Projects have their turns, and an approval that nobody can be taken
 * of is set aside. Safe to run anywhere at any time: whoever dies in between is followed by somebody who tells again,
 * which writes nothing twice.
 * @returns of how many approvals a step was taken
 */
export async function takeSteps(db: Database): Promise<number> {
  for (let taken = 0; ;) {
    const due = await listDue(db)
    if (due.length === 0) return taken
    const round = await workInTurns(db, 'reminder', due, async (some) => {
      const ids = some.map((approval) => approval.id)
      const told = await tellDue(db, ids)
      await moveOn(db, ids, told)
      taken += told.length
      return ids
    })
    if (!isMoreDue(round, due.length, batchSize)) return taken
  }
}

async function listDue(db: Database): Promise<Task[]> {
  const rows = await db.execute<Task>(sql`
    select t.id, t.project_id as "projectId", exists (
      select from set_aside s where s.kind = 'reminder' and s.subject_id = t.id) as "isAgain"
    from (
      select *, row_number() over (partition by project_id order by next_step_at) as turn
      from (
        select a.id, a.project_id, a.next_step_at from approvals a
        where a.status = 'pending' and a.next_step_at is not null and a.next_step_at <= clock_timestamp()
          and ${isNotAside('reminder', sql`a.id`)}
        order by a.next_step_at limit ${lookedAt}
      ) oldest
    ) t
    order by t.turn, t.next_step_at limit ${batchSize}`)
  return [...rows]
}

type Told = { approval: OpenApproval; kind: StepKind }

async function tellDue(db: Database, ids: string[]): Promise<Told[]> {
  return db.transaction(async (tx) => {
    await lockNoticesOf(tx, ids)
    const due = (await listOpenApprovals(tx, ids)).flatMap((approval): Told[] => {
      const step = dueStep(approval, approval.readAt)
      return step ? [{ approval, kind: step.kind }] : []
    })
    for (const kind of stepKinds) {
      const approvals = due.filter((one) => one.kind === kind).map((one) => one.approval)
      const mailed = await tellPeople(tx, approvals, kind)
      const jobs = mailed.map(({ projectId, userId }) => mailJob(projectId, userId))
      if (jobs.length > 0) await addNoticeJobs(tx, jobs)
    }
    return due
  })
}

/** What could not be told of is about to expire, or is decided. Nobody's decision waits for this. */
async function moveOn(db: Database, ids: string[], told: Told[]): Promise<void> {
  const times = new Map(told.map(({ approval }) => [approval.id, nextStep(approval, approval.readAt)?.at]))
  const moves = ids.map((id) => ({ id, next: times.get(id)?.toISOString() ?? null }))
  await db.execute(sql`
    update approvals a set next_step_at = free.next
    from (
      select b.id, m.next
      from jsonb_to_recordset(${JSON.stringify(moves)}::text::jsonb) as m(id text, next timestamptz)
      join approvals b on b.id = m.id and b.status = 'pending'
      order by b.id for update of b skip locked
    ) free
    where a.id = free.id`)
}
