import { startEmbedded } from '@/lib/embedded/embedded'
import { migrate } from '@/db/migrate'
import { serve } from '@/lib/cli/serve'
import { guardStrayErrors } from '@/lib/cli/stray-errors'
import { readSettings, requireReady } from '@/lib/env'

/**
 * A process of its own that serves as `npm start` does, over the embedded database where no other is set, but
 * without pages; it says `ready` when it answers.
 */
const log = (line: string) => void process.stderr.write(`${line}\n`)
guardStrayErrors(log, (error) => {
  console.error(error)
  process.exit(1)
})
const given = readSettings(process.env)
const embedded =
  given.databaseUrl === undefined ? await startEmbedded({ dataDir: given.dataDir, log }) : undefined
if (embedded !== undefined) await migrate(embedded.url)
const settings = requireReady({ ...given, databaseUrl: given.databaseUrl ?? embedded?.url })
process.env.DATABASE_URL = settings.databaseUrl
const server = await serve({ port: settings.port, dev: false, settings, host: '127.0.0.1', withPages: false })
const end = async () => {
  await server.close()
  await embedded?.stop()
  process.exit(0)
}
process.once('SIGTERM', () => void end())
process.stdout.write('ready\n')
