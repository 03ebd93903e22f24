import { sharedDatabase } from '@/db/client'
import { publishHeads } from '@/lib/audit/publish-heads'
import { settings } from '@/lib/env'
import { pruneOld } from '@/lib/retention/prune'
import { requireCronSecret } from '@/lib/http/cron'
import { drainFor } from '@/lib/process/drain'
import { logAuditHead, logError } from '@/lib/process/log'
import { openRoute, resource } from '@/lib/http/route'
import { queueLostTurns } from '@/lib/webhooks/turn'

/** A chat service takes one message a second, and a scheduler calls once a minute. */
const mostDrainingMs = 20_000
const mostPruningMs = 5000

const logAs = (where: string) => (error: unknown) => logError(where, '-', error)

const deliver = openRoute(
  async (request) => {
    requireCronSecret(request)
    const { databaseUrl, databasePool } = settings()
    const db = sharedDatabase(databaseUrl, databasePool)
    // Neither keeps notices waiting: what is still due then, the next call does.
    await publishHeads(db, logAuditHead).catch(logAs('publish heads'))
    await queueLostTurns(db).catch(logAs('lost turns'))
    const counts = await drainFor(mostDrainingMs)
    const endAt = performance.now() + mostPruningMs
    const { pruned } = await pruneOld(db, () => performance.now() < endAt)
    return { ...counts, pruned }
  },
  { mayWait: true },
)

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ GET: deliver, POST: deliver })
