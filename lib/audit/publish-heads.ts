import { and, arrayContains, eq, inArray, sql } from 'drizzle-orm'
import type { z } from 'zod'
import type { Database, Transaction } from '@/db/client'
import { deliveries, webhooks } from '@/db/schema/notices'
import { newId } from '@/lib/ids'
import type { HeadNotice } from '@/lib/webhooks/formats/notices'
import { messageIdOf } from '@/lib/webhooks/message-id'
import { queueJobs } from '@/lib/webhooks/queue'

/** The newest sealed entry of a project; `at` and `publishedAt` are RFC 3339. */
export type PublishedHead = {
  projectId: string
  project: string
  seq: number
  hash: string
  at: string
  publishedAt: string
}

/** Projects published by one statement. */
const batchSize = 500

/**
 * Publishes the heads of the chains, of each project once an hour over all processes and only where it has grown, so
 * that whoever keeps them can show later what the log was: it is noted for the metrics, queued in the same transaction
 * for webhooks that want `audit.head`, and after the commit told to `tell`, which writes the log.
 * @returns how many were published
 */
export async function publishHeads(db: Database, tell: (head: PublishedHead) => void): Promise<number> {
  for (let count = 0; ;) {
    const heads = await db.transaction(async (tx) => {
      const taken = await takeDue(tx)
      await queueHeads(tx, taken)
      return taken
    })
    for (const head of heads) tell(head)
    count += heads.length
    if (heads.length < batchSize) return count
  }
}

/** Of several who come at once, the row is the first one's; the others find that it is not due any more. */
async function takeDue(tx: Transaction): Promise<PublishedHead[]> {
  const rows = await tx.execute<Omit<PublishedHead, 'seq'> & { seq: string }>(sql`
    with due as (
      select p.id, e.seq, e.hash, e.at from projects p
      left join audit_heads h on h.project_id = p.id
      cross join lateral (
        select seq, hash, at from audit_entries
        where project_id = p.id and seq is not null order by seq desc limit 1
      ) e
      where h.project_id is null or (h.published_at <= clock_timestamp() - interval '1 hour' and h.seq < e.seq)
      order by p.id limit ${batchSize}
    ), taken as (
      insert into audit_heads as h (project_id, seq, hash, at, published_at)
      select id, seq, hash, at, clock_timestamp() from due
      on conflict (project_id) do update
        set seq = excluded.seq, hash = excluded.hash, at = excluded.at, published_at = excluded.published_at
        where h.published_at <= clock_timestamp() - interval '1 hour' and h.seq < excluded.seq
      returning *
    )
    select t.project_id as "projectId", p.slug as project, t.seq, t.hash, t.at, t.published_at as "publishedAt"
    from taken t join projects p on p.id = t.project_id order by p.id`)
  return rows.map((row) => ({
    ...row,
    seq: Number(row.seq),
    at: new Date(row.at).toISOString(),
    publishedAt: new Date(row.publishedAt).toISOString(),
  }))
}

/** Bodies are as they will be sent: what a head was does not change. */
async function queueHeads(tx: Transaction, heads: PublishedHead[]): Promise<void> {
  const of = new Map(heads.map((head) => [head.projectId, head]))
  if (of.size === 0) return
  const hooks = await tx
    .select({ id: webhooks.id, projectId: webhooks.projectId })
    .from(webhooks)
    .where(
      and(
        inArray(webhooks.projectId, [...of.keys()]),
        eq(webhooks.enabled, true),
        arrayContains(webhooks.events, ['audit.head']),
      ),
    )
    .orderBy(webhooks.id)
    .for('key share')
  const rows = hooks.flatMap(({ id: webhookId, projectId }) => {
    const head = of.get(projectId)
    const id = newId('delivery')
    const messageId = messageIdOf(id)
    return head ? [{ id, projectId, webhookId, messageId, type: 'audit.head', body: bodyOf(head) }] : []
  })
  if (rows.length === 0) return
  await tx.insert(deliveries).values(rows)
  await queueJobs(
    tx,
    rows.map(({ id: deliveryId, webhookId }) => ({ deliveryId, webhookId })),
  )
}

function bodyOf({ projectId, seq, hash, at, publishedAt }: PublishedHead): string {
  const notice: z.infer<typeof HeadNotice> = {
    type: 'audit.head',
    timestamp: publishedAt,
    data: { project_id: projectId, seq, hash, at },
  }
  return JSON.stringify(notice)
}
