import { sharedDatabase } from '@/db/client'
import { countOpen, listHeads } from '@/db/queries/metrics'
import { countSetAside } from '@/db/queries/set-aside'
import { countWaits } from '@/lib/approvals/wait'
import { settings } from '@/lib/env'
import { requireSecret } from '@/lib/http/cron'
import { prometheusText } from '@/lib/process/metrics'
import { openRoute, resource } from '@/lib/http/route'

const read = openRoute(async (request) => {
  const { metricsToken, databaseUrl, databasePool } = settings()
  requireSecret(request, metricsToken, 'METRICS_TOKEN')
  const db = sharedDatabase(databaseUrl, databasePool)
  const aside = new Map((await countSetAside(db)).map(({ kind, count }) => [kind, count]))
  const [counts, heads] = await Promise.all([countOpen(db), listHeads(db)])
  const text = await prometheusText({ ...counts, waits: countWaits(db) }, aside, heads)
  return new Response(text, { headers: { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' } })
})

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ GET: read })
