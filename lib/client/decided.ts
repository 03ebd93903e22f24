import { isApproval, readApprovals } from './call.ts'
import type { Answer, Http } from './http.ts'
import type { Approval } from './approval.ts'
import { link, pause, within, type Signals } from './wait.ts'

const answerMs = 20_000
/** The server shows life more often. */
const idleMs = 30_000
const mostRemembered = 10_000
const longestEvent = 100_000

/**
 * Decisions about an agent's calls: those that wait to be acted on, then each as it is made. It listens, and looks
 * each time that a connection opens or ends, so that nothing is missed where streams are cut or held up.
 */
export async function* decided(
  http: Http,
  agent: string | undefined,
  signals: Signals,
): AsyncGenerator<Approval> {
  const known = new Set<string>()
  const isNew = (approval: Approval) => {
    if (known.has(approval.id) || (agent !== undefined && approval.agent !== agent)) return false
    if (known.size === mostRemembered) known.clear()
    known.add(approval.id)
    return true
  }
  const position: Position = { lastEventId: undefined }
  for (;;) {
    for await (const news of listen(http, position, signals)) {
      yield* (await (news === 'open' ? readOpen(http, agent, signals) : readOne(http, news, signals))).filter(
        isNew,
      )
    }
    yield* (await readOpen(http, agent, signals)).filter(isNew)
    await pause(0, 0, signals)
  }
}

type Position = { lastEventId: string | undefined }

/** `open`, then the ids of approvals of these events, until the stream ends, whatever ends it. */
export async function* listen(
  http: Http,
  position: Position,
  signals: Signals,
  events = /decided|expired/,
): AsyncGenerator<string> {
  const ending = new AbortController()
  const unlink = link(signals, (reason) => ending.abort(reason))
  const { lastEventId } = position
  const headers = {
    Accept: 'text/event-stream',
    ...(lastEventId === undefined ? {} : { 'Last-Event-ID': lastEventId }),
  }
  const request = { method: 'GET', path: '/approvals/stream', headers } as const
  try {
    const response = await within(answerMs, signals, () => http.open(request, ending.signal))
    const reader = response.status === 200 ? response.body?.getReader() : undefined
    const decoder = new TextDecoder()
    let isOpen = false
    for (let text = ''; reader && text.length < longestEvent;) {
      const { value, done } = await within(idleMs, signals, () => reader.read())
      if (done) return
      if (!isOpen) yield 'open'
      isOpen = true
      const blocks = (text + decoder.decode(value, { stream: true })).split(/\r?\n\r?\n/)
      text = blocks.pop() ?? ''
      for (const block of blocks) {
        const field = (name: string) => new RegExp(`^${name}: ?(.*)$`, 'm').exec(block)?.[1]?.trim()
        position.lastEventId = field('id') ?? position.lastEventId
        const [, id] = /"id":\s*"(apr_\w+)"/.exec(field('data') ?? '') ?? []
        if (id && events.test(field('event') ?? '')) yield id
      }
    }
  } catch {
    // whatever cut it, a look follows, which says what is wrong
  } finally {
    unlink()
    ending.abort()
  }
}

function readOne(http: Http, id: string, signals: Signals): Promise<Approval[]> {
  const read = ({ body }: Answer) => (isApproval(body) && body.id === id ? [body] : undefined)
  return http.send({ method: 'GET', path: `/approvals/${id}`, signals, read })
}

/** The latest decisions on which somebody has to act: of what ended its run, nobody has. */
async function readOpen(http: Http, agent: string | undefined, signals: Signals): Promise<Approval[]> {
  const of = agent === undefined ? '' : `&agent=${encodeURIComponent(agent)}`
  const found = await readApprovals(
    http,
    `status=approved,rejected,expired&limit=100&sort=decided${of}`,
    signals,
  )
  return found.filter(({ next }) => next.action === 'execute' || next.action === 'continue')
}
