import { describe, expect, it } from 'vitest'
import { ageWords, exactSpanWords, spanWords, utcWords } from './duration'

const s = 1000
const min = 60 * s
const h = 60 * min
const d = 24 * h

describe('spans', () => {
  it.each([
    [-5 * s, '0 ms'],
    [0, '0 ms'],
    [999, '999 ms'],
    [s, '1 s'],
    [59_999, '59 s'],
    [min, '1 min'],
    [h - 1, '59 min'],
    [h, '1 h'],
    [2 * h + 5 * min, '2 h 5 min'],
    [d, '1 d'],
    [3 * d + 4 * h + min, '3 d 4 h'],
    [7 * d, '7 d'],
  ])('%i ms reads %s', (ms, words) => expect(spanWords(ms)).toBe(words))

  it.each([
    [59 * s, '59 s'],
    [4 * min + 5 * s, '4 min 05 s'],
    [10 * min, '10 min'],
  ])('%i ms reads exactly %s', (ms, words) => expect(exactSpanWords(ms)).toBe(words))
})

describe('ages', () => {
  it.each([
    [-s, 'now'],
    [4_999, 'now'],
    [5 * s, '5s'],
    [min, '1m'],
    [h - 1, '59m'],
    [23 * h, '23h'],
    [25 * h, '1d'],
  ])('%i ms ago reads %s', (ms, words) => expect(ageWords(ms)).toBe(words))
})

it('writes UTC to the second', () => {
  expect(utcWords('2026-01-31T12:00:05.999Z')).toBe('2026-01-31 12:00:05 UTC')
})
