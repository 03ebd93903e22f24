import { traced, tracePlace, type TracePlace } from '@/lib/traces'
import { directOf, type Database } from './client'

/** Rows of one statement at most, and the length of their text unless one alone is longer. */
const mostRows = 200
const mostLength = 256 * 1024
/** A statement that takes longer than this, be it that it waits for a lock, keeps nobody from starting the next. */
const patienceMs = 10

type Waiting<In, Text, Out> = {
  item: In
  text: Text
  /** Where in a trace it was asked for. */
  place: TracePlace
  done(out: Out | undefined): void
  failed(error: unknown): void
}

type Queue<In, Text, Out> = {
  waiting: Waiting<In, Text, Out>[]
  startedAt: number
  isAtWork: boolean
  /** About to start. */
  isCalled: boolean
  timer?: NodeJS.Timeout
}

type Options<In, Text extends { length: number }, Out> = {
  /** What is sent of an item, made when it comes; `length` in characters. */
  write: (item: In) => Text
  /**
   * Runs one statement for several items.
   * @param texts what is sent of them, in order
   * @returns what it answers for each, with its place, counting from 1
   */
  run: (db: Database, texts: Text[]) => Promise<{ n: number; out: Out }[]>
  /** What of an item no other in the same statement may share; such a one goes with a later statement. */
  apart?: (item: In) => string | null
}

/**
 * One statement for those who come at the same moment or while an earlier one is on its way; who comes alone never
 * waits. Each gets what the statement answers for it, or undefined. Where the database refuses a statement for the
 * sake of one item, and so has done nothing of it, each is run by itself, so that nobody gets another's error.
 */
export function inBatches<In extends object, Text extends { length: number }, Out>({
  write,
  run,
  apart,
}: Options<In, Text, Out>): (db: Database, item: In) => Promise<Out | undefined> {
  const queues = new WeakMap<Database, Queue<In, Text, Out>>()

  function take(queue: Queue<In, Text, Out>): Waiting<In, Text, Out>[] {
    const taken: Waiting<In, Text, Out>[] = []
    const left: Waiting<In, Text, Out>[] = []
    const known = new Set<string>()
    let length = 0
    for (const one of queue.waiting) {
      const key = apart?.(one.item) ?? null
      const hasRoom =
        taken.length < mostRows && (taken.length === 0 || length + one.text.length <= mostLength)
      if (!hasRoom || (key !== null && known.has(key))) left.push(one)
      else {
        taken.push(one)
        length += one.text.length
      }
      if (key !== null) known.add(key)
    }
    queue.waiting = left
    return taken
  }

  async function runAll(db: Database, taken: Waiting<In, Text, Out>[]): Promise<void> {
    try {
      const [from, ...others] = taken.map((one) => one.place)
      const rows = await traced(
        'statement',
        { kind: 'client', attributes: batchAttributes(taken), from, others },
        () =>
          run(
            db,
            taken.map((one) => one.text),
          ),
      )
      const found = new Map(rows.map((row) => [row.n, row.out]))
      taken.forEach((one, at) => one.done(found.get(at + 1)))
    } catch (error) {
      if (taken.length > 1 && isRefusal(error)) await Promise.all(taken.map((one) => runAll(db, [one])))
      else taken.forEach((one) => one.failed(error))
    }
  }

  function start(db: Database, queue: Queue<In, Text, Out>): void {
    queue.isCalled = false
    if (queue.waiting.length === 0) return
    const patience = queue.isAtWork ? queue.startedAt + patienceMs - performance.now() : 0
    if (patience > 0) {
      queue.timer ??= setTimeout(() => {
        delete queue.timer
        start(db, queue)
      }, patience)
      return
    }
    const startedAt = performance.now()
    Object.assign(queue, { startedAt, isAtWork: true })
    void runAll(db, take(queue)).then(() => {
      if (queue.startedAt === startedAt) queue.isAtWork = false
      call(db, queue)
    })
  }

  /** After all else that has arrived, which may belong to it. */
  function call(db: Database, queue: Queue<In, Text, Out>): void {
    if (queue.isCalled) return
    queue.isCalled = true
    setImmediate(start, db, queue)
  }

  return (general, item) =>
    new Promise((done, failed) => {
      const db = directOf(general)
      const queue = queues.get(db) ?? { waiting: [], startedAt: 0, isAtWork: false, isCalled: false }
      queues.set(db, queue)
      queue.waiting.push({ item, text: write(item), place: tracePlace(), done, failed })
      call(db, queue)
    })
}

function batchAttributes(taken: unknown[]) {
  return { 'db.system.name': 'postgresql', 'db.operation.batch.size': taken.length }
}

/** Whether the database said no to a statement, which then is undone; not where it is unknown what became of it. */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && (error as { severity?: unknown }).severity === 'ERROR'
}
