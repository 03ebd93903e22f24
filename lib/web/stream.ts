import { logError } from './log'
import { AppError } from '@/lib/errors'

const openKey = Symbol.for('holdpoint.open-streams')
const scope = globalThis as { [openKey]?: Set<AbortController> }
const open = (scope[openKey] ??= new Set())

/** Ends every open stream of the process, which would otherwise keep it from stopping. */
export function closeStreams(): void {
  for (const controller of open) controller.abort()
}

type Event = { id: string; event: string; data: unknown }

/**
 * Server-sent events (WHATWG HTML) from a generator; null is a comment that keeps proxies awake. It ends
 * when the generator ends or throws, the reader hangs up, or the process stops.
 */
export function eventStream(
  make: (signal: AbortSignal) => AsyncGenerator<Event | null>,
  hangUp: AbortSignal,
): Response {
  const controller = new AbortController()
  const abort = () => controller.abort()
  open.add(controller)
  hangUp.addEventListener('abort', abort, { once: true })
  const end = () => {
    open.delete(controller)
    hangUp.removeEventListener('abort', abort)
    controller.abort()
  }
  const body = textStream(lines(make(controller.signal), end), end)
  const headers = {
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'private, no-store, no-transform',
    'X-Accel-Buffering': 'no',
  }
  return new Response(body, { headers })
}

async function* lines(events: AsyncGenerator<Event | null>, end: () => void): AsyncGenerator<string> {
  try {
    for await (const event of events) {
      yield event === null
        ? ': here\n\n'
        : `id: ${event.id}\nevent: ${event.event}\ndata: ${JSON.stringify(event.data)}\n\n`
    }
  } catch (error) {
    if (!(error instanceof AppError)) logError('stream', '-', error)
  } finally {
    end()
  }
}

/** A body made of pieces of text as they come, no faster than they are read. */
export function textStream(
  pieces: AsyncGenerator<string>,
  onCancel: () => void = () => {},
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await pieces.next()
      if (done) controller.close()
      else controller.enqueue(encoder.encode(value))
    },
    async cancel() {
      onCancel()
      await pieces.return(undefined)
    },
  })
}
