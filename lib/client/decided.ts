import { readApprovals } from './call.ts'
import type { Http } from './http.ts'
import type { Approval } from './approval.ts'
import { link, pause, within, type Signals } from './wait.ts'

const answerMs = 20_000
/** The server shows life more often. */
const idleMs = 30_000
const longestEvent = 100_000

/** Pages that a look goes back at most, of 100 decisions each; so many are remembered as told. */
const mostPages = 100
/** What a pause holds up can be used, or has to be asked for again, after 15 minutes at most. */
const lookBackMs = 16 * 60_000
/** What somebody is to do; `ask_again` where an approval was not used in time. */
const actions = ['execute', 'continue', 'ask_again']
const news = '?events=approval.decided,approval.expired,agent.resumed'

/**
 * Decisions about an agent's calls, each once: those that wait to be acted on, the earliest first, then each as it is
 * made. It listens, and looks each time that a connection opens or ends, back to what an earlier look saw, so that
 * nothing is missed where streams are cut or held up.
 */
export async function* decided(
  http: Http,
  agent: string | undefined,
  signals: Signals,
): AsyncGenerator<Approval> {
  const told = new Set<string>()
  let since = -Infinity
  const isNew = ({ id, agent: its, next }: Approval) =>
    !told.has(id) && (agent ?? its) === its && actions.includes(next.action)

  async function look(): Promise<string[]> {
    const ids: string[] = []
    let [newest, oldest] = [since, Infinity]
    let cursor: unknown = ''
    for (let page = 0; typeof cursor === 'string' && oldest >= since && page < mostPages; page++) {
      const query = new URLSearchParams({
        status: 'approved,rejected,expired',
        sort: 'decided',
        limit: '100',
        fields: 'agent,decided_at,next',
        ...(agent !== undefined && { agent }),
        ...(cursor && { cursor }),
      })
      const found = await readApprovals(http, String(query), signals)
      for (const approval of found.items) {
        oldest = Date.parse(approval.decided_at ?? '') || 0
        newest = Math.max(newest, oldest)
        if (isNew(approval)) ids.push(approval.id)
      }
      cursor = found.next_cursor
    }
    since = newest - lookBackMs
    return ids.reverse()
  }

  async function* tell(ids: string[]): AsyncGenerator<Approval> {
    for (const id of ids) {
      const { items } = await readApprovals(http, `ids=${id}`, signals)
      for (const approval of items.filter(isNew)) {
        const [first = ''] = told
        if (told.size === mostPages * 100) told.delete(first)
        told.add(approval.id)
        yield approval
      }
    }
  }

  const position = { lastEventId: undefined }
  for (;;) {
    for await (const id of listen(http, position, signals, news)) yield* tell(id ? [id] : await look())
    yield* tell(await look())
    await pause(0, 0, signals)
  }
}

type Position = { lastEventId: string | undefined }

/**
 * The ids of approvals of which something is told, until the stream ends, whatever ends it; undefined where it opens,
 * and where something is told that is about no approval.
 */
export async function* listen(
  http: Http,
  position: Position,
  signals: Signals,
  query = '',
): AsyncGenerator<string | undefined> {
  const ending = new AbortController()
  const unlink = link(signals, (reason) => ending.abort(reason))
  const { lastEventId } = position
  const headers = {
    Accept: 'text/event-stream',
    ...(lastEventId === undefined ? {} : { 'Last-Event-ID': lastEventId }),
  }
  const request = { method: 'GET', path: `/approvals/stream${query}`, headers } as const
  try {
    const response = await within(answerMs, signals, () => http.open(request, ending.signal))
    const reader = response.status === 200 ? response.body?.getReader() : undefined
    const decoder = new TextDecoder()
    let isOpen = false
    for (let text = ''; reader && text.length < longestEvent;) {
      const { value, done } = await within(idleMs, signals, () => reader.read())
      if (done) return
      if (!isOpen) yield undefined
      isOpen = true
      const blocks = (text + decoder.decode(value, { stream: true })).split(/\r?\n\r?\n/)
      text = blocks.pop() ?? ''
      for (const block of blocks) {
        position.lastEventId = /^id: ?(.*)$/m.exec(block)?.[1]?.trim() ?? position.lastEventId
        const [data] = /^data:.*$/m.exec(block) ?? []
        if (data) yield /"id":\s*"(apr_\w+)"/.exec(data)?.[1]
      }
    }
  } catch {
    // whatever cut it, a look follows, which says what is wrong
  } finally {
    unlink()
    ending.abort()
  }
}
