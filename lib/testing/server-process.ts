import { serve } from '@/lib/cli/serve'
import { guardStrayErrors } from '@/lib/cli/stray-errors'
import { readSettings, requireReady } from '@/lib/env'

/** A process of its own that serves as `npm start` does, but without pages; it says `ready` when it answers. */
const settings = requireReady(readSettings(process.env))
guardStrayErrors(
  (line) => process.stderr.write(`${line}\n`),
  (error) => {
    console.error(error)
    process.exit(1)
  },
)
const server = await serve({ port: settings.port, dev: false, settings, host: '127.0.0.1', withPages: false })
process.once('SIGTERM', () => void server.close().then(() => process.exit(0)))
process.stdout.write('ready\n')
