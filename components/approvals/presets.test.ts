import { expect, test } from 'vitest'
import { presetsFrom } from './presets'

test('no reasons, empty ones and long ones make no presets', () => {
  expect(presetsFrom([null, '', ' \n', 'x'.repeat(61)])).toEqual([])
})

test('the most used come first, of equals the latest, and each once', () => {
  const reasons = ['Needs a ticket', 'wrong  amount ', 'Do it by id', 'Wrong amount', null]
  expect(presetsFrom(reasons)).toEqual(['wrong amount', 'Needs a ticket', 'Do it by id'])
})

test('at most five', () =>
  expect(presetsFrom(['a', 'b', 'c', 'd', 'e', 'f'])).toEqual(['a', 'b', 'c', 'd', 'e']))
