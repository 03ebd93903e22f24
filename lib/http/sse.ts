import { credentialIdOf, type Context } from '@/lib/context'
import { AppError } from '@/lib/errors'
import { writeJson } from '@/lib/json/write'
import { logError } from '@/lib/process/log'

/** Streams that one process keeps open for a credential, and for a project. */
const most = { credential: 50, project: 500 }

type Open = { controller: AbortController; credential: string | null; projectId: string }

const openKey = Symbol.for('holdpoint.open-streams')
const scope = globalThis as { [openKey]?: Set<Open> }
/** Shared by every copy of this module. */
const open = (scope[openKey] ??= new Set())

/** Ends every open stream of the process, which would otherwise keep it from stopping. */
export function closeStreams(): void {
  for (const { controller } of open) controller.abort()
}

type Event = { id: string; event: string; data: unknown }

/**
 * Server-sent events (WHATWG HTML) from a generator; null is a comment that keeps proxies awake. It ends
 * when the generator ends or throws, the reader hangs up, or the process stops.
 * @throws AppError `too_many_streams` where the credential has 50 open, or the project 500
 */
export function eventStream(
  ctx: Context,
  make: (signal: AbortSignal) => AsyncGenerator<Event | null>,
  hangUp: AbortSignal,
): Response {
  const { signal, end } = begin(ctx, hangUp)
  const body = textStream(lines(make(signal), end), end)
  const headers = {
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'private, no-store, no-transform',
    'X-Accel-Buffering': 'no',
  }
  return new Response(body, { headers })
}

/** Counts a stream in; its signal ends with the reader's hanging up, the process's stop, or `end`. */
function begin(ctx: Context, hangUp: AbortSignal): { signal: AbortSignal; end: () => void } {
  const mine: Open = {
    controller: new AbortController(),
    credential: credentialIdOf(ctx.actor),
    projectId: ctx.project.id,
  }
  requireRoom(mine)
  const end = () => {
    open.delete(mine)
    hangUp.removeEventListener('abort', end)
    mine.controller.abort()
  }
  open.add(mine)
  hangUp.addEventListener('abort', end)
  if (hangUp.aborted) end()
  return { signal: mine.controller.signal, end }
}

/** For how long an answer may take without anybody taking the connection for a dead one. */
const quietMs = 15_000

/**
 * One JSON object that may take long. What is there at once is answered as anything else. Anything later begins with its
 * brace, behind which a blank stands each 15 s: JSON lets them stand, they keep the connection alive, and what is cut off
 * anywhere is no JSON. Its status is 200 whatever comes.
 * @param work throws nothing
 * @throws AppError as `eventStream`
 */
export async function heldJson<T extends object>(
  ctx: Context,
  work: (signal: AbortSignal) => Promise<T>,
  hangUp: AbortSignal,
): Promise<T | Response> {
  const { signal, end } = begin(ctx, hangUp)
  const made = work(signal).finally(end)
  const soon = await inTime(made, 1000)
  if (soon) return soon.value
  const headers = {
    'Content-Type': 'application/json; charset=utf-8',
    'Cache-Control': 'private, no-store, no-transform',
    'X-Accel-Buffering': 'no',
  }
  return new Response(textStream(withBlanks(made), end), { headers })
}

async function* withBlanks(made: Promise<object>): AsyncGenerator<string> {
  yield '{'
  for (;;) {
    const found = await inTime(made, quietMs)
    if (found) return yield writeJson(found.value).slice(1)
    yield ' '
  }
}

/** @returns undefined where it is not there after so many milliseconds */
async function inTime<T>(made: Promise<T>, ms: number): Promise<{ value: T } | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms)
  })
  try {
    return await Promise.race([made.then((value) => ({ value })), late])
  } finally {
    clearTimeout(timer)
  }
}

function requireRoom({ credential, projectId }: Open): void {
  const streams = [...open]
  const refuse = (who: string, count: number) => {
    const detail = `This ${who} has ${count} streams open, which is the most; close one, or ask now and then instead.`
    throw new AppError('too_many_streams', detail, { headers: { 'Retry-After': '30' } })
  }
  if (streams.filter((one) => one.credential === credential).length >= most.credential) {
    refuse('credential', most.credential)
  }
  if (streams.filter((one) => one.projectId === projectId).length >= most.project) {
    refuse('project', most.project)
  }
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
