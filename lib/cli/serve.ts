import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { Duplex } from 'node:stream'
import next from 'next'
import { closeSharedDatabase, sharedDatabase } from '@/db/client'
import { drainWaits } from '@/lib/wake/room'
import type { ReadySettings } from '@/lib/env'
import { log } from '@/lib/log'
import { startBackground } from '@/lib/process/background'
import { logRequest } from '@/lib/process/log'
import { startMeasuring } from '@/lib/process/metrics'
import { observed } from '@/lib/process/requests'
import { startTracing } from '@/lib/process/tracing'
import { door, refuseUpgrades } from '@/lib/http/door'
import { patternOf } from '@/lib/http/router'
import { closeStreams } from '@/lib/http/sse'
import { readStaticFiles } from '@/lib/http/static-files'
import { staticFolder } from './build'
import { root } from './install.mjs'

export type ServeOptions = {
  port: number
  dev: boolean
  settings: ReadySettings
  host?: string
  /** False: the API and the background work alone, without Next. */
  withPages?: boolean
}

/**
 * One process that is all of Holdpoint: pages by Next, the API straight from node:http, and the background
 * work.
 * @param options `host` the address to listen on; every one where it is missing
 */
export async function serve(options: ServeOptions): Promise<{ url: string; close(): Promise<void> }> {
  const { port, dev, settings, host, withPages = true } = options
  log.level = settings.logLevel
  const endTracing = settings.otelExporterOtlpEndpoint === undefined ? undefined : await startTracing()
  if (settings.metricsToken !== undefined) await startMeasuring()
  const db = sharedDatabase(settings.databaseUrl, settings.databasePool)
  // Next listens for upgrades on the server that it is given; on ours that would end each offer of HTTP/2 unanswered.
  const decoy = createServer()
  const pages = withPages ? next({ dev, dir: root, port, quiet: true, httpServer: decoy }) : undefined
  await pages?.prepare()
  const files = pages && !dev ? await readStaticFiles(staticFolder()) : undefined
  const handle = observed(door(pages?.getRequestHandler(), settings.appUrl, files), patternOf)
  let isClosing = false
  const server = createServer({ keepAliveTimeout: 65_000 }, (incoming, outgoing) => {
    // Whoever asks again on the same connection would otherwise keep it, and us, alive.
    if (isClosing) outgoing.setHeader('Connection', 'close')
    if (log.isLevelEnabled('debug')) logRequest(incoming, outgoing)
    void handle(incoming, outgoing).catch(() => outgoing.destroy())
  })
  // What Next hands out as its handler answers nothing; it listens there, once a page was asked for.
  const toNext = async (incoming: IncomingMessage, socket: Duplex, head: Buffer) =>
    void (decoy.emit('upgrade', incoming, socket, head) || socket.destroy())
  refuseUpgrades(server, dev ? toNext : undefined)
  await listen(server, port, host)
  // After listening: jobs left over from before may keep the process busy for a moment.
  const background = await startBackground(settings)
  const close = async () => {
    isClosing = true
    const closed = new Promise((resolve) => server.close(resolve))
    drainWaits(db)
    closeStreams()
    // Connections turn idle one by one, as the answers under way go out.
    const idle = setInterval(() => server.closeIdleConnections(), 50)
    await Promise.all([closed, background.stop()])
    clearInterval(idle)
    await pages?.close()
    await closeSharedDatabase()
    await endTracing?.()
  }
  return { url: settings.appUrl, close }
}

function listen(server: Server, port: number, host: string | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}
