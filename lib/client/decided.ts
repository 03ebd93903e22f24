import { toCallId } from './call-id.ts'
import { readApprovals } from './call.ts'
import { Unavailable } from './errors.ts'
import type { Http } from './http.ts'
import { isObject } from './json.ts'
import type { Run } from './run.ts'
import type { Approval } from './approval.ts'
import type { ToolCall } from './types.ts'
import { pause, within, type Signals } from './wait.ts'

const answerMs = 20_000
/** The server shows life more often. */
const idleMs = 30_000
const longestEvent = 100_000

/**
 * Pages that a look goes back at most, of 100 decisions each; so many are remembered as told. Of a run ten times as many
 * are read.
 */
const mostPages = 100
/** What a pause holds up can be used, or has to be asked for again, after 15 minutes at most. */
const lookBackMs = 16 * 60_000
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
  const of = agent === undefined ? '' : `&agent=${encodeURIComponent(agent)}`
  const query = `status=approved,rejected,expired&sort=decided&limit=100&fields=agent,decided_at,next,run_status${of}`
  const told = new Set<string>()
  let since = -Infinity
  // to be asked again is what was approved and not used in time; a refusal counts until its run has completed, failed
  // or been cancelled
  const isNew = ({ id, agent: its, next, run_status = '' }: Approval & { run_status?: string }) =>
    !told.has(id) &&
    (agent ?? its) === its &&
    (/execute|ask_again/.test(next.action) || (next.action === 'continue' && !run_status.endsWith('ed')))

  async function look(): Promise<string[]> {
    const ids: string[] = []
    let [newest, oldest, cursor] = [since, Infinity, '']
    for (let page = 0; page < mostPages && oldest >= since; page++) {
      const { items, next_cursor } = await readApprovals(http, query + cursor, signals)
      for (const approval of items) {
        oldest = Date.parse(approval.decided_at ?? '') || 0
        newest = Math.max(newest, oldest)
        if (isNew(approval)) ids.push(approval.id)
      }
      if (typeof next_cursor !== 'string') break
      cursor = `&cursor=${encodeURIComponent(next_cursor)}`
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

  const position = {}
  for (;;) {
    for await (const id of listen(http, position, signals, news)) yield* tell(id ? [id] : await look())
    yield* tell(await look())
    await pause(0, 0, signals)
  }
}

type Position = { lastEventId?: string | undefined }

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
  const { lastEventId } = position
  const request = {
    path: `/approvals/stream${query}`,
    headers: { Accept: 'text/event-stream', ...(lastEventId && { 'Last-Event-ID': lastEventId }) },
  }
  try {
    const { status, body } = await within(answerMs, signals, () => http.open(request, ending.signal))
    const reader = body?.getReader()
    if (status !== 200 || !reader) return
    const read = () => within(idleMs, signals, () => reader.read())
    const decoder = new TextDecoder()
    let part = await read()
    yield undefined
    for (let text = ''; !part.done && text.length < longestEvent; part = await read()) {
      const lines = (text + decoder.decode(part.value, { stream: true })).split('\n')
      text = lines.pop() ?? ''
      for (const line of lines) {
        if (line.startsWith('id:')) position.lastEventId = line.slice(3).trim()
        if (line.startsWith('data:')) yield /"id":\s*"(apr_\w+)"/.exec(line)?.[1]
      }
    }
  } catch {
    // whatever cut it, a look follows, which says what is wrong
  } finally {
    ending.abort()
  }
}

type Page = { steps: ToolCall[]; next_cursor: string | null }

type Undone = { callId: string; approval: Approval }

/**
 * The calls of a run that a person or the clock has decided and that have no result yet, in time order; at the end those
 * whose approval was not used in time, and that have to be asked for again.
 */
export async function* undone(run: Run): AsyncGenerator<Undone> {
  const path = `/runs/${run.record.id}?fields=steps,next_cursor,tool_call_id,status,params,approval`
  const lapsed = new Map<string, Undone>()
  let cursor: string | null = ''
  let pages = 0
  do {
    if (pages++ === mostPages * 10) throw new Unavailable(`${run.id} has no end.`, { code: 'unavailable' })
    const page: Page = await run.http.send({
      path: path + (cursor && `&cursor=${encodeURIComponent(cursor)}`),
      signals: run.endings(),
      read: ({ body }) =>
        isObject(body) && body.id === run.record.id && Array.isArray(body.steps) && (body as Page),
    })
    for (const { status, approval } of page.steps) {
      if (!approval) continue
      const callId = await callIdOf(approval)
      lapsed.delete(callId)
      if (approval.status === 'pending' || approval.status === 'cancelled') continue
      if (approval.next.action === 'ask_again') lapsed.set(callId, { callId, approval })
      else if (status !== 'succeeded' && status !== 'failed') yield { callId, approval }
    }
    cursor = page.next_cursor
  } while (cursor)
  yield* lapsed.values()
}

/** The agent's own id of a call, where it is kept beside the form that Holdpoint took, and is none of somebody else's. */
async function callIdOf({ metadata, tool_call_id: id }: Approval): Promise<string> {
  const own = metadata?.call_id
  return own && (await toCallId(own)) === id.replace(/\.[2-5]$/, '') ? own : id
}
