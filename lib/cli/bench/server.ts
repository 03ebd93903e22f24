import { readSettings, requireReady } from '@/lib/env'
import { guardStrayErrors } from '../stray-errors'

/**
 * The server under test: what `npm start` serves, over a database that is ready, on 127.0.0.1 alone. Says `ready`
 * on standard output; ends on SIGTERM, on SIGINT, and when whoever started it is gone.
 */
export async function main(): Promise<void> {
  const settings = requireReady(readSettings(process.env))
  Object.assign(process.env, {
    APP_URL: settings.appUrl,
    NEXTAUTH_URL: settings.appUrl,
    NEXT_MANUAL_SIG_HANDLE: 'true',
    NEXT_TELEMETRY_DISABLED: '1',
  })
  const { serve } = await import('../serve')
  const server = await serve({ port: settings.port, dev: false, settings, host: '127.0.0.1' })
  const end = (code: number) => {
    setTimeout(() => process.exit(code), 8000).unref()
    void server.close().finally(() => process.exit(code))
  }
  guardStrayErrors(
    (line) => console.error(line),
    (error) => {
      console.error(error)
      end(1)
    },
  )
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => end(0))
  process.stdin.resume().once('end', () => end(0))
  console.log('ready')
}
