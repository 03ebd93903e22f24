import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { inject } from 'vitest'
import { withCaller } from '@/lib/http/caller'
import { door } from '@/lib/http/door'

type Front = {
  handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void>
  close(): Promise<void>
}

/**
 * What stands before the handlers of `app/api`: `own` calls them from node:http, as `npm start` does; `next` is
 * Next with the built pages, which answers everything, as on Vercel. Which one it is, vitest.config.ts says.
 */
export async function openFront(): Promise<Front> {
  if (inject('front') === 'next') return openNext()
  return { handle: door(undefined, 'http://localhost:3000'), close: () => Promise.resolve() }
}

async function openNext(): Promise<Front> {
  process.env.NEXT_MANUAL_SIG_HANDLE = 'true'
  const { default: next } = await import('next')
  const pages = next({ dev: false, dir: process.cwd(), quiet: true, httpServer: createServer() })
  await pages.prepare()
  const handle = pages.getRequestHandler()
  return {
    handle: (incoming, outgoing) => withCaller(incoming, () => handle(incoming, outgoing)),
    close: () => pages.close(),
  }
}
