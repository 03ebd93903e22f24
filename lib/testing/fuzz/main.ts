import { parseArgs } from 'node:util'
import { openDatabase } from '@/db/client'
import { root } from '@/lib/cli/install.mjs'
import startServer from '../e2e-server'
import { allAddresses } from './addresses'
import { fuzz, reportText } from './run'
import { makeWorld } from './world'

/**
 * Sends hostile inputs to a Holdpoint of its own, API and pages:
 * `node --import tsx lib/testing/fuzz/main.ts --count 20000 --seed 7`. One input again: `--from N --count 1`.
 * Ctrl+C reports what was found so far. Ends with 1 where something was found.
 */
const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: '0' },
    'at-once': { type: 'string', default: '8' },
  },
})
let isStopping = false
process.once('SIGINT', () => (isStopping = true))
const end = await startServer()
const { E2E_URL: url = '', E2E_DATABASE_URL: databaseUrl = '' } = process.env
const { db, close } = openDatabase(databaseUrl, 3)
try {
  const secrets = [process.env.E2E_CRON_SECRET ?? '', process.env.E2E_METRICS_TOKEN ?? '']
  const world = await makeWorld(url, db, secrets)
  const target = { url, appUrl: url, addresses: allAddresses(root), world, hasPages: true }
  const report = await fuzz(target, {
    count: Number(values.count),
    seed: Number(values.seed),
    from: Number(values.from),
    atOnce: Number(values['at-once']),
    onProgress: (done) => console.error(`${done} sent`),
    mayGoOn: () => !isStopping,
  })
  console.log(reportText(report))
  const isWell = await world.isWell()
  console.log(
    isWell ? 'A call that is all right still gets its answer.' : 'A call that is all right gets no answer.',
  )
  process.exitCode = report.findings.length === 0 && isWell ? 0 : 1
} finally {
  await close()
  await end()
}
