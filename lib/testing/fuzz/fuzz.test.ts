import { afterAll, beforeAll, expect, it } from 'vitest'
import { root } from '@/lib/cli/install.mjs'
import { startRest, type Rest } from '../rest'
import { allAddresses } from './addresses'
import { fuzz, reportText } from './run'
import { makeWorld } from './world'

let rest: Rest

beforeAll(async () => {
  rest = await startRest({ OUTBOUND_ALLOW: '127.0.0.0/8', METRICS_TOKEN: 'metrics-token-for-tests' })
})
afterAll(() => rest.close())

/** As `main.ts` sends them by the thousand, to the API alone; `app/fuzz.e2e.ts` has the pages too. */
it('answers five hundred hostile requests in its own words, and goes on', async () => {
  const world = await makeWorld(rest.url, rest.db, ['cron-secret-for-tests', 'metrics-token-for-tests'])
  const target = {
    url: rest.url,
    appUrl: 'http://localhost:3000',
    addresses: allAddresses(root),
    world,
    hasPages: false,
  }
  const report = await fuzz(target, { count: 500, seed: 4711 })
  expect(reportText(report)).toContain('Nothing found.')
  expect(await world.isWell()).toBe(true)
}, 120_000)
