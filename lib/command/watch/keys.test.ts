import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Keys, type Key } from './keys'

let seen: Key[]
let keys: Keys
beforeEach(() => {
  vi.useFakeTimers()
  seen = []
  keys = new Keys((key) => seen.push(key))
})
afterEach(() => {
  keys.close()
  vi.useRealTimers()
})

const names = () => seen.map(({ name }) => name)

test.for<[string, string]>([
  ['a', 'a'],
  [' ', 'space'],
  ['\r', 'enter'],
  ['\n', 'confirm'],
  ['\u001b[13;5u', 'confirm'],
  ['\u001b[27;5;13~', 'confirm'],
  ['\u001b\r', 'confirm'],
  ['\u001b[A', 'up'],
  ['\u001bOB', 'down'],
  ['\u001b[6~', 'page-down'],
  ['\u007f', 'backspace'],
  ['\u0003', 'interrupt'],
  ['\u001b[1;9z', 'unknown'],
  ['\u0007', 'unknown'],
  ['返', '返'],
])('%j is %s, by itself', ([text, name]) => {
  keys.feed(text)
  expect(seen).toMatchObject([{ name, isAlone: true }])
})

test('an escape by itself is the key of that name, a moment later', () => {
  keys.feed('\u001b')
  expect(seen).toEqual([])
  vi.advanceTimersByTime(100)
  expect(names()).toEqual(['escape'])
})

test('a sequence in pieces is one key', () => {
  for (const piece of ['\u001b', '[13', ';5', 'u']) keys.feed(piece)
  expect(seen).toMatchObject([{ name: 'confirm', isAlone: true }])
})

describe('nothing of what came in one go is by itself', () => {
  test('two keys', () => {
    keys.feed('a\n')
    expect(seen.map(({ name, isAlone }) => [name, isAlone])).toEqual([
      ['a', false],
      ['confirm', false],
    ])
  })
  test.for([
    ['\u001b[200~a\n\u001b[201~'],
    ['\u001b[200~a', '\n', '\u001b[2', '01~'],
    ['\u001b[200~', 'a\n\u001b', '[201~'],
  ])('a paste, in %j', (pieces) => {
    for (const piece of pieces) keys.feed(piece)
    expect(seen.every(({ name, isAlone }) => name === 'text' && !isAlone)).toBe(true)
    expect(seen.map(({ text }) => text).join('')).toBe('a\n')
    seen = []
    keys.feed('j')
    expect(seen).toMatchObject([{ name: 'j', isAlone: true }])
  })
})
