import { expect, test } from '@playwright/test'
import { openDatabase } from '@/db/client'
import { allAddresses } from '@/lib/testing/fuzz/addresses'
import { fuzz, reportText } from '@/lib/testing/fuzz/run'
import { makeWorld } from '@/lib/testing/fuzz/world'

test('pages, actions and API answer five hundred hostile requests and go on', async () => {
  const { E2E_URL: url = '', E2E_DATABASE_URL: databaseUrl = '' } = process.env
  const { E2E_CRON_SECRET: cronSecret = '', E2E_METRICS_TOKEN: metricsToken = '' } = process.env
  const { db, close } = openDatabase(databaseUrl, 3)
  try {
    const world = await makeWorld(url, db, [cronSecret, metricsToken])
    const target = { url, appUrl: url, addresses: allAddresses(process.cwd()), world, hasPages: true }
    const report = await fuzz(target, { count: 500, seed: 4711, atOnce: 4 })
    expect(reportText(report)).toContain('Nothing found.')
    expect(await world.isWell()).toBe(true)
  } finally {
    await close()
  }
})
