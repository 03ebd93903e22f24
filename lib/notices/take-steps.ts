import { sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { listOpenApprovals, type OpenApproval, type Reviewer } from '@/db/queries/recipients'
import { isNotAside } from '@/db/queries/set-aside'
import { dueReminder, nextStep, reminderKinds } from '@/lib/approvals/steps'
import { rowsOf } from '@/db/statement'
import { auditColumns, insertEntries } from '@/db/writes/audit'
import { auditValues } from '@/lib/audit/record'
import { holdpointActor } from '@/lib/context'
import { poolNames } from '@/lib/policy/people'
import { readTerms } from '@/lib/policy/terms-text'
import { isMoreDue, workInTurns, type Task } from '@/lib/work/in-turns'
import type { KeyedJob } from '@/lib/jobs/add'
import { addNoticeJobs, mailJob } from './jobs'
import { whoIsAsked, whoIsAwaited } from './recipients'
import type { ApprovalNoticeKind } from './schemas'
import { lockNoticesOf, tellPeople, type Telling } from './tell-people'

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

/** An approval that is due, and what is to be done about it. */
type Due = { approval: OpenApproval; reminder: ReturnType<typeof dueReminder>; pools: string[] | null }

async function tellDue(db: Database, ids: string[]): Promise<Due[]> {
  return db.transaction(async (tx) => {
    await lockNoticesOf(tx, ids)
    const due = (await listOpenApprovals(tx, ids)).map((row): Due => {
      const terms = readTerms(row.terms)
      const approval = { ...row, terms }
      return {
        approval: row,
        reminder: dueReminder(approval, row.readAt),
        pools: terms && poolNames(terms, row.requestedAt, row.readAt),
      }
    })
    const jobs = new Map<string, KeyedJob>()
    const tell = async (tellings: Telling[], kind: ApprovalNoticeKind) => {
      const mailed = await tellPeople(tx, tellings, kind)
      for (const { projectId, userId } of mailed) {
        const job = mailJob(projectId, userId)
        jobs.set(job.key, job)
      }
    }
    const escalated = due.filter((one) => newlyAsked(one) !== undefined)
    await tell(escalated.map(tellingOfTurn), 'your_turn')
    for (const kind of reminderKinds)
      await tell(
        due.flatMap(({ approval, reminder, pools }) =>
          reminder?.kind === kind
            ? [{ approval, hears: whoIsAwaited({ ...approval, pools }), happenedAt: reminder.at }]
            : [],
        ),
        kind,
      )
    if (jobs.size > 0) await addNoticeJobs(tx, [...jobs.values()])
    return due
  })
}

/** To those who are asked by now and were not before; whoever was has heard of it. */
function tellingOfTurn({ approval, pools }: Due): Telling {
  const wasAsked = whoIsAsked(approval)
  const isAwaited = whoIsAwaited({ ...approval, pools })
  const hears = (reviewer: Reviewer) => !wasAsked(reviewer) && isAwaited(reviewer)
  return { approval, hears, happenedAt: approval.requestedAt }
}

/**
 * Sets the time of the next step, and whom is asked by now, with an event and an entry where others are. What could
 * not be told of is about to expire, or is decided. Nobody's decision waits for this.
 */
async function moveOn(db: Database, ids: string[], due: Due[]): Promise<void> {
  const moves = new Map(due.map((one) => [one.approval.id, moveOf(one)]))
  const rows = ids.map((id) => moves.get(id) ?? { id, next: null, pools: null, entry: null })
  await db.execute(sql`
    with free as (
      select b.id, b.project_id, m.next, m.pools, m.entry
      from json_to_recordset(${JSON.stringify(rows)}::text::json) as m(id text, next timestamptz, pools text[], entry json)
      join approvals b on b.id = m.id and b.status = 'pending'
      order by b.id for update of b skip locked
    ), moved as (
      update approvals a set next_step_at = free.next, pools = case when free.entry is null then a.pools else free.pools end
      from free where a.id = free.id
      returning a.id, a.project_id, free.entry
    ), event as (
      insert into approval_events (project_id, approval_id, type)
      select project_id, id, 'escalated' from moved where entry is not null
    )
    ${sql.raw(insertEntries(entriesOfMoved, 'clock_timestamp()'))}`)
}

const entriesOfMoved = `(select * from moved where entry is not null) moved
  cross join lateral ${rowsOf(auditColumns, 'json_build_array(moved.entry)', 'e', 'place')}`

/** Who is asked by now and was not before; undefined where nobody is. */
function newlyAsked({ approval, pools }: Pick<Due, 'approval' | 'pools'>): string[] | undefined {
  if (approval.pools === null) return undefined
  const before = new Set(approval.pools)
  const to = (pools ?? ['role:reviewer']).filter((name) => !before.has(name))
  return to.length > 0 ? to : undefined
}

function moveOf({ approval, pools }: Due) {
  const { id, projectId, tool, agentName, readAt } = approval
  const next = nextStep({ ...approval, terms: readTerms(approval.terms) }, readAt)?.at.toISOString() ?? null
  const to = newlyAsked({ approval, pools })
  const by = { project: { id: projectId }, actor: holdpointActor }
  const entry = to
    ? auditValues(by, {
        action: 'approval.escalated',
        target: { type: 'approval', id, label: tool },
        detail: { agent: agentName, tool, to },
      })
    : null
  return { id, next, pools, entry }
}
