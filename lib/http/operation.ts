import { z } from 'zod'
import { sharedDatabase } from '@/db/client'
import { findHealth } from '@/db/queries/health'
import { countOpen, listHeads } from '@/db/queries/metrics'
import { countSetAside } from '@/db/queries/set-aside'
import { expireApprovals } from '@/lib/approvals/expire'
import { countWaits } from '@/lib/wake/room'
import { publishHeads } from '@/lib/audit/publish-heads'
import { settings } from '@/lib/env'
import { drainFor, isLiving } from '@/lib/process/drain'
import { logAuditHead, logError } from '@/lib/process/log'
import { prometheusText } from '@/lib/process/metrics'
import { assertReady } from '@/lib/process/ready'
import { pruneOld } from '@/lib/retention/prune'
import { queueLostTurns } from '@/lib/webhooks/turn'
import { open } from './route'

function database() {
  const { databaseUrl, databasePool } = settings()
  return sharedDatabase(databaseUrl, databasePool)
}

const Counts = z.record(z.string(), z.unknown())

export const expireByCron = open(
  { summary: 'Expire what is due', need: { secret: 'CRON_SECRET' }, output: Counts, refuses: [] },
  () => expireApprovals(database()),
)

/** A chat service takes one message a second, and a scheduler calls once a minute. */
const mostDrainingMs = 20_000
const mostPruningMs = 5000

const logAs = (where: string) => (error: unknown) => logError(where, '-', error)

export const deliverByCron = open(
  {
    summary: 'Send what waits',
    need: { secret: 'CRON_SECRET' },
    output: Counts,
    refuses: [],
    keepsTime: true,
  },
  async () => {
    const db = database()
    // Neither keeps notices waiting: what is still due then, the next call does.
    await publishHeads(db, logAuditHead).catch(logAs('publish heads'))
    await queueLostTurns(db).catch(logAs('lost turns'))
    const counts = await drainFor(mostDrainingMs)
    const endAt = performance.now() + mostPruningMs
    const { pruned } = await pruneOld(db, () => performance.now() < endAt)
    return { ...counts, pruned }
  },
)

export const live = open(
  { summary: 'Whether the process answers', need: 'everybody', output: Counts, refuses: [] },
  async () => ({ status: 'live' }),
)

export const ready = open(
  {
    summary: 'Whether the database answers and takes writes, and notices leave; 503 says which does not',
    need: 'everybody',
    output: Counts,
    refuses: [],
  },
  async () => {
    assertReady(await findHealth(database()), isLiving())
    return { status: 'ready' }
  },
)

export const metrics = open(
  {
    summary: 'Gauges for Prometheus',
    need: { secret: 'METRICS_TOKEN' },
    output: { media: 'text/plain' },
    refuses: [],
  },
  async () => {
    const db = database()
    const aside = new Map((await countSetAside(db)).map(({ kind, count }) => [kind, count]))
    const [counts, heads] = await Promise.all([countOpen(db), listHeads(db)])
    const text = await prometheusText({ ...counts, waits: countWaits(db) }, aside, heads)
    return new Response(text, { headers: { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' } })
  },
)
