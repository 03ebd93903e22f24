import { expect, it } from 'vitest'
import { timeoutWords } from './timeout-words'

it.each([
  [30, '30 s'],
  [60, '1 min'],
  [90, '1 min 30 s'],
  [3600, '1 h'],
  [3661, '1 h 1 min 1 s'],
  [86_400, '1 d'],
  [604_799, '6 d 23 h 59 min 59 s'],
  [604_800, '7 d'],
])('%i s reads %s', (seconds, words) => expect(timeoutWords(seconds)).toBe(words))
