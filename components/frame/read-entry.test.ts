import { expect, test } from 'vitest'
import { Entry, entryOf } from './read-entry'

/** A read whose answer comes when it is told to. */
function asked(entry: Entry) {
  let answer = (_data: unknown) => {}
  let fail = (_error: Error) => {}
  const failures: unknown[] = []
  const promise = new Promise((resolve, reject) => {
    answer = resolve
    fail = reject
  })
  const done = entry.read(
    () => promise,
    (error) => failures.push(error),
  )
  return {
    failures,
    answer: (data: unknown) => (answer(data), done),
    fail: (error: Error) => (fail(error), done),
  }
}

test('tells all that look at it of what was read, and that it is being read', async () => {
  const entry = new Entry()
  const seen: unknown[] = []
  entry.listeners.add(() => seen.push(entry.known))
  await asked(entry).answer([1])
  expect(seen).toEqual([
    { data: undefined, error: undefined, isLoading: true },
    { data: [1], error: undefined, isLoading: false },
  ])
})

test('of answers that overtake each other the one that was asked for last holds', async () => {
  const entry = new Entry()
  const [first, second, third] = [asked(entry), asked(entry), asked(entry)]
  await second.answer('second')
  expect(entry.known).toEqual({ data: 'second', error: undefined, isLoading: true })
  await first.answer('first')
  expect(entry.known.data).toBe('second')
  await third.answer('third')
  expect(entry.known).toEqual({ data: 'third', error: undefined, isLoading: false })
})

test('what says the same stays the same object', async () => {
  const entry = new Entry()
  const before = { id: 1, large: 10n ** 20n }
  await asked(entry).answer(before)
  await asked(entry).answer({ ...before })
  expect(entry.known.data).toBe(before)
  await asked(entry).answer({ ...before, large: 10n ** 20n + 1n })
  expect(entry.known.data).not.toBe(before)
})

test('a failure is told once, counted and leaves what was read', async () => {
  const entry = new Entry()
  await asked(entry).answer('here')
  const [late, failing] = [asked(entry), asked(entry)]
  const error = new Error('out of reach')
  await failing.fail(error)
  await late.fail(new Error('too late to tell'))
  expect(entry.known).toEqual({ data: 'here', error, isLoading: false })
  expect([...failing.failures, ...late.failures]).toEqual([error])
  expect(entry.failures).toBe(1)
  await asked(entry).answer('there')
  expect(entry.known.error).toBeUndefined()
  expect(entry.failures).toBe(0)
})

test('what nobody looks at is forgotten beyond a hundred, the oldest first', () => {
  const looked = entryOf('looked at')
  looked.listeners.add(() => undefined)
  const old = entryOf('old')
  for (let at = 0; at < 98; at++) entryOf(`other ${at}`)
  expect(entryOf('old')).toBe(old)
  entryOf('one more')
  expect(entryOf('looked at')).toBe(looked)
  expect(entryOf('old')).not.toBe(old)
})
