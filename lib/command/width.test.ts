import { describe, expect, test } from 'vitest'
import { cells, fitted, folded } from './width'

test.for<[string, number]>([
  ['', 0],
  ['refund', 6],
  ['返金', 4],
  ['ｗｉｄｅ', 8],
  ['e\u0301', 1],
  ['👩‍👩‍👧', 2],
  ['✔️', 2],
  ['🇩🇪', 2],
  ['\u2068אב\u2069', 2],
  ['한국', 4],
])('%s takes %i columns', ([text, columns]) => expect(cells(text)).toBe(columns))

describe('a text is fitted', () => {
  test.for<[string, number, string]>([
    ['refund', 6, 'refund'],
    ['refunds', 6, 'refun…'],
    ['返金返金', 5, '返金…'],
    ['返金返金', 4, '返…'],
    ['\u2068אבגדה\u2069', 3, '\u2068אב\u2069…'],
  ])('%s in %i columns', ([text, columns, shown]) => expect(fitted(text, columns)).toBe(shown))
})

describe('a text is folded', () => {
  test.for<[string, number, string[]]>([
    ['one two three', 20, ['one two three']],
    ['one two three', 8, ['one two ', 'three']],
    ['abcdefghij', 4, ['abcd', 'efgh', 'ij']],
    ['返金返金', 5, ['返金', '返金']],
  ])('%s on %i columns', ([text, columns, lines]) => expect(folded(text, columns)).toEqual(lines))

  test('nothing of it is lost, and no line is too long', () => {
    const text = Array.from(
      { length: 200 },
      (_, at) => ['word', '返金', 'x'.repeat(at % 37), '👩‍👩‍👧'][at % 4],
    ).join(' ')
    for (const columns of [4, 7, 20, 80]) {
      const lines = folded(text, columns)
      expect(lines.filter((line) => cells(line.trimEnd()) > columns)).toEqual([])
      expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''))
    }
  })
})
