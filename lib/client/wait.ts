export type Signals = readonly (AbortSignal | undefined)[]

/** What each signal ends, by one listener for all: Node warns of more than ten, which are no mistake here. */
const waits = new WeakMap<AbortSignal, Set<AbortController>>()

function waitsOn(signal: AbortSignal): Set<AbortController> {
  const known = waits.get(signal)
  if (known) return known
  const all = new Set<AbortController>()
  signal.addEventListener('abort', () => all.forEach((one) => one.abort(signal.reason)))
  waits.set(signal, all)
  return all
}

/** A longer timer would ring at once. */
const mostMs = 2 ** 31 - 1

/**
 * Does work for so many milliseconds at most, and no longer than until one of the signals, whether or not the work
 * heeds the signal that it is handed.
 * @throws the reason of the signal, or an Error that names the time
 */
export async function within<T>(
  ms: number,
  signals: Signals,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const ending = new AbortController()
  const { signal } = ending
  const ended = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error))
  })
  const late = () => ending.abort(new Error(`no answer within ${Math.round(ms / 100) / 10} s`))
  const timer = setTimeout(late, Math.min(ms, mostMs))
  for (const one of signals) {
    if (one?.aborted) ending.abort(one.reason)
    if (one) waitsOn(one).add(ending)
  }
  try {
    return await Promise.race([ended, work(signal)])
  } finally {
    clearTimeout(timer)
    for (const one of signals) if (one) waitsOn(one).delete(ending)
    // what the work still holds open, such as half an answer
    ending.abort()
  }
}

/** @throws the reason of the signal that cut it short */
export async function sleep(ms: number, signals: Signals): Promise<void> {
  await within(ms, signals, () => new Promise(() => undefined)).catch(() => undefined)
  for (const signal of signals) signal?.throwIfAborted()
}

const pollMs = 5000

/**
 * Between two waits: until a second after the beginning of one that came back early; about 5 s where the server holds
 * no more answers.
 * @param wait seconds that the answer could be held, 0 where it could not
 */
export async function pause(begun: number, wait = 0, signals: Signals): Promise<void> {
  const ms = wait > 0 ? 1000 - (performance.now() - begun) : pollMs * (0.75 + Math.random() / 2)
  if (ms > 0) await sleep(ms, signals)
}

const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/**
 * Milliseconds of `10m`, `30s`, `1.5h`, `250ms`, or a number of milliseconds.
 * @throws TypeError for anything else, and what is not above 0
 */
export function toMs(span: string | number): number {
  const [, digits, unit] = /^([\d.]+)(ms|s|m|h)$/.exec(String(span)) ?? []
  const ms = typeof span === 'number' ? span : Number(digits) * units[unit as keyof typeof units]
  if (ms > 0) return ms
  throw new TypeError(`${String(span)} is not a span such as 10m or 30s.`)
}
