import type { approvalStatuses } from '@/lib/approvals/statuses'

/** What an approval became, as an event says it; without a status what people did about it. */
export type Change = { id: string; status?: AnyApprovalStatus }
type AnyApprovalStatus = (typeof approvalStatuses)[number]

const events = [
  'approval.requested',
  'approval.decided',
  'approval.expired',
  'approval.cancelled',
  'approval.voted',
  'approval.edited',
  'approval.extended',
  'approval.assigned',
  'approval.commented',
  'approval.escalated',
]
const pauses = ['agent.paused', 'agent.resumed']
/** What a stream of the console names. */
export const streamEvents = [...events, ...pauses].join()

/** The first event is told at once, those that follow within this time together at its end. */
const coalesceMs = 1000
/** A short gap is nobody's concern. */
const behindAfterMs = 2500
const longestRetryMs = 15_000
/** Refused so often in a row, it is asked for seldom, and looked at by reading instead. */
const refusalsBeforePolling = 3
const refusedRetryMs = 120_000
const refusedPollMs = 15_000
/** A browser opens six connections to one host in all its tabs: those out of sight give theirs back. */
const hiddenCloseMs = 60_000
const hiddenPollMs = 30_000

/**
 * Keeps an event stream open as long as the page is seen, through lost connections and refusals, and
 * tells that something may have changed: once it listens for the first time an empty list, for what happened since the
 * page was made was told to nobody; after events what they say; after every gap and now and then while hidden null, for
 * then nobody knows what.
 * @param tellPauses called where something was paused or goes on, and after every gap
 * @returns closes it for good
 */
export function openStream(
  path: string,
  tell: (changes: Change[] | null) => void,
  setIsBehind: (isBehind: boolean) => void,
  tellPauses: () => void,
): () => void {
  let source: EventSource | null = null
  let failures = 0
  let refusals = 0
  let hasListened = false
  let changes: Change[] = []
  const timers: Partial<Record<Timer, ReturnType<typeof setTimeout>>> = {}

  function stop(name: Timer) {
    clearTimeout(timers[name])
    delete timers[name]
  }
  function start(name: Timer, ms: number, run: () => void) {
    timers[name] ??= setTimeout(() => {
      delete timers[name]
      run()
    }, ms)
  }

  function happened(event: Event) {
    changes.push(...changesOf(event))
    if (timers.rest === undefined) pass()
  }
  function pass() {
    tell(changes)
    changes = []
    start('rest', coalesceMs, () => changes.length > 0 && pass())
  }
  function opened() {
    if (failures > 0) {
      tell(null)
      tellPauses()
    } else if (!hasListened) tell([])
    hasListened = true
    failures = 0
    refusals = 0
    stop('behind')
    stop('poll')
    setIsBehind(false)
  }
  function failed() {
    failures++
    start('behind', behindAfterMs, () => setIsBehind(true))
    if (source?.readyState !== EventSource.CLOSED) return
    // Refused, not interrupted: perhaps whoever looks is not a member any more, which reading will show.
    source = null
    tell(null)
    refusals++
    if (refusals < refusalsBeforePolling) {
      start('retry', Math.min(longestRetryMs, 1000 * 2 ** failures), open)
    } else {
      start('retry', refusedRetryMs, open)
      start('poll', refusedPollMs, poll)
    }
  }
  function open() {
    if (source) return
    source = new EventSource(path)
    source.addEventListener('open', opened)
    source.addEventListener('error', failed)
    for (const event of events) source.addEventListener(event, happened)
    for (const event of pauses) source.addEventListener(event, tellPauses)
  }
  function close() {
    source?.close()
    source = null
    stop('retry')
    stop('behind')
  }
  function poll() {
    tell(null)
    start('poll', document.hidden ? hiddenPollMs : refusedPollMs, poll)
  }
  function seen() {
    stop('hide')
    stop('poll')
    if (source) return
    stop('retry')
    failures = Math.max(failures, 1)
    open()
  }
  function changed() {
    if (!document.hidden) return seen()
    start('hide', hiddenCloseMs, () => {
      close()
      poll()
    })
  }

  open()
  document.addEventListener('visibilitychange', changed)
  window.addEventListener('online', seen)
  return () => {
    document.removeEventListener('visibilitychange', changed)
    window.removeEventListener('online', seen)
    close()
    for (const name of Object.keys(timers) as Timer[]) stop(name)
  }
}

function changesOf(event: Event): Change[] {
  const { data } = event as MessageEvent<unknown>
  return typeof data === 'string' ? [JSON.parse(data) as Change] : []
}

type Timer = 'rest' | 'behind' | 'retry' | 'hide' | 'poll'
