import { describe, expect, it } from 'vitest'
import { diffLines, sourceLines, type DiffLine } from './line-diff'

const signs = { same: ' ', added: '+', removed: '-' } as const
const drawn = (lines: DiffLine[]) => lines.map(({ kind, number, text }) => `${signs[kind]}${number} ${text}`)
const diff = (before: string, after: string) => drawn(diffLines([...before], [...after]))

describe('lines of a file', () => {
  it.each([
    ['', ['']],
    ['a', ['a']],
    ['a\n', ['a']],
    ['a\n\n', ['a', '']],
    ['\ufeffa\r\nb\rc', ['a', 'b', 'c']],
  ])('%j', (text, lines) => expect(sourceLines(text)).toEqual(lines))
})

describe('difference of two files', () => {
  it.each([
    ['abc', 'abc', [' 1 a', ' 2 b', ' 3 c']],
    ['', 'ab', ['+1 a', '+2 b']],
    ['ab', '', ['-1 a', '-2 b']],
    ['abc', 'axc', [' 1 a', '-2 b', '+2 x', ' 3 c']],
    ['abc', 'abxc', [' 1 a', ' 2 b', '+3 x', ' 4 c']],
    ['aab', 'ab', [' 1 a', '-2 a', ' 2 b']],
    ['abcd', 'acbd', [' 1 a', '-2 b', ' 2 c', '+3 b', ' 4 d']],
  ])('%s to %s', (before, after, lines) => expect(diff(before, after)).toEqual(lines))

  it('leads from one to the other, whatever they are', () => {
    let state = 7
    const next = (below: number) => (state = (state * 48_271) % 2_147_483_647) % below
    const text = () => Array.from({ length: next(40) }, () => 'abc'[next(3)] ?? '')
    for (let round = 0; round < 300; round++) {
      const [before, after] = [text(), text()]
      const lines = diffLines(before, after)
      expect(lines.filter(({ kind }) => kind !== 'added').map((line) => line.text)).toEqual(before)
      expect(lines.filter(({ kind }) => kind !== 'removed').map((line) => line.text)).toEqual(after)
      for (const { kind, number, text: line } of lines) {
        expect((kind === 'removed' ? before : after)[number - 1]).toBe(line)
      }
    }
  })

  it('tells two files that are long and different as a whole', () => {
    const before = Array.from({ length: 30_000 }, (_, at) => `b${at}`)
    const after = Array.from({ length: 30_000 }, (_, at) => `a${at}`)
    const lines = diffLines(['same', ...before], ['same', ...after])
    expect(lines.map(({ kind }) => kind).filter((kind, at, all) => kind !== all[at - 1])).toEqual([
      'same',
      'removed',
      'added',
    ])
  })
})
