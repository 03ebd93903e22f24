import { afterEach, describe, expect, it, vi } from 'vitest'
import { inBatches } from './batch'
import type { Database } from './client'

type Item = { id: number; lane?: string; text?: string }
type Sent = { items: Item[]; answer(rows?: { n: number; out: string }[]): void; refuse(error: Error): void }

const refusal = Object.assign(new Error('no'), { severity: 'ERROR', code: '22P02' })
const lost = Object.assign(new Error('gone'), { code: 'CONNECTION_CLOSED' })

/** Statements that are answered when the test says so; by default for each item with its id. */
function start() {
  const sent: Sent[] = []
  const run = inBatches<Item, string, string>({
    write: JSON.stringify,
    run: (_db, texts) =>
      new Promise((resolve, reject) => {
        const items = texts.map((text) => JSON.parse(text) as Item)
        const all = items.map(({ id }, at) => ({ n: at + 1, out: `done ${id}` }))
        sent.push({ items, answer: (rows = all) => resolve(rows), refuse: reject })
      }),
    apart: (item) => item.lane ?? null,
  })
  const db = {} as Database
  const ids = () => sent.map(({ items }) => items.map(({ id }) => id))
  return { sent, ids, ask: (item: Item) => run(db, item) }
}

/** All that needs no answer has been done by then. */
const soon = async () => {
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve))
}

afterEach(() => vi.restoreAllMocks())

describe('statements for several', () => {
  it('go at once for who comes alone, and gather who comes together or meanwhile', async () => {
    // no statement ever takes longer than a machine that is busy with something else
    vi.spyOn(performance, 'now').mockReturnValue(0)
    const { sent, ids, ask } = start()
    const first = ask({ id: 1 })
    await soon()
    expect(ids()).toEqual([[1]])
    const answers = [2, 3].map((id) => ask({ id }))
    await soon()
    expect(ids()).toEqual([[1]])
    sent[0]?.answer()
    expect(await first).toBe('done 1')
    await soon()
    expect(ids()).toEqual([[1], [2, 3]])
    sent[1]?.answer()
    expect(await Promise.all(answers)).toEqual(['done 2', 'done 3'])
    void ask({ id: 4 })
    void ask({ id: 5 })
    await soon()
    expect(ids()).toEqual([[1], [2, 3], [4, 5]])
  })

  it('give each its own answer by its place, and undefined where there is none', async () => {
    const { sent, ask } = start()
    void ask({ id: 0 })
    await soon()
    const answers = [1, 2, 3].map((id) => ask({ id }))
    sent[0]?.answer()
    await soon()
    sent[1]?.answer([
      { n: 3, out: 'three' },
      { n: 1, out: 'one' },
    ])
    expect(await Promise.all(answers)).toEqual(['one', undefined, 'three'])
  })

  it('never hold two of one lane, nor let one overtake another of its lane', async () => {
    const { sent, ids, ask } = start()
    void ask({ id: 0 })
    await soon()
    for (const [id, lane] of ['a', 'b', 'a', 'a', undefined, 'b'].entries())
      void ask({ id: id + 1, ...(lane === undefined ? {} : { lane }) })
    for (let at = 0; at < 4; at++) {
      sent[at]?.answer()
      await soon()
    }
    expect(ids()).toEqual([[0], [1, 2, 5], [3, 6], [4]])
  })

  it('hold 200 at most, and no more text than a quarter of a megabyte unless one has it alone', async () => {
    const { sent, ids, ask } = start()
    void ask({ id: 0 })
    await soon()
    for (let id = 1; id <= 206; id++) void ask({ id })
    void ask({ id: 207, text: 'x'.repeat(300_000) })
    void ask({ id: 208, text: 'x'.repeat(200_000) })
    void ask({ id: 209, text: 'x'.repeat(100_000) })
    for (let at = 0; at < 4; at++) {
      sent[at]?.answer()
      await soon()
    }
    expect(ids().map((batch) => batch.length)).toEqual([1, 200, 7, 1, 1])
    expect(ids().slice(2)).toEqual([[201, 202, 203, 204, 205, 206, 208], [207], [209]])
  })

  it('are not held up by one that takes long', async () => {
    const { sent, ids, ask } = start()
    const slow = ask({ id: 1 })
    await soon()
    void ask({ id: 2 })
    await soon()
    expect(ids()).toEqual([[1]])
    await expect.poll(ids).toEqual([[1], [2]])
    sent[1]?.answer()
    await soon()
    void ask({ id: 3 })
    await soon()
    expect(ids()).toEqual([[1], [2], [3]])
    sent[0]?.answer()
    expect(await slow).toBe('done 1')
  })

  it('are run one by one where the database refuses them, so that only the one at fault gets the error', async () => {
    const { sent, ids, ask } = start()
    void ask({ id: 0 })
    await soon()
    const answers = Promise.allSettled([1, 2, 3].map((id) => ask({ id })))
    sent[0]?.answer()
    await soon()
    sent[1]?.refuse(refusal)
    await soon()
    expect(ids().slice(2)).toEqual([[1], [2], [3]])
    sent[2]?.answer()
    sent[3]?.refuse(refusal)
    sent[4]?.answer()
    expect(await answers).toEqual([
      { status: 'fulfilled', value: 'done 1' },
      { status: 'rejected', reason: refusal },
      { status: 'fulfilled', value: 'done 3' },
    ])
  })

  it('are not run again where nobody knows what became of them', async () => {
    const { sent, ids, ask } = start()
    void ask({ id: 0 })
    await soon()
    const answers = Promise.allSettled([1, 2].map((id) => ask({ id })))
    sent[0]?.answer()
    await soon()
    sent[1]?.refuse(lost)
    expect(await answers).toEqual([
      { status: 'rejected', reason: lost },
      { status: 'rejected', reason: lost },
    ])
    expect(ids()).toHaveLength(2)
    void ask({ id: 3 })
    await soon()
    expect(ids()).toHaveLength(3)
  })
})
