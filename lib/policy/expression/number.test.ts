import { expect, it } from 'vitest'
import { losesDigits } from './number'

it.each([
  '1e400',
  '-1e400',
  '1e-400',
  '333333333.333333291',
  '1000.0000000000000001',
  '0.1000000000000000055',
  '60.0000000000000000001',
  '9'.repeat(400),
])('%s is not what a double keeps', (text) => {
  expect(losesDigits(text)).toBe(true)
})

it.each([
  '0',
  '-0',
  '00',
  '0.1',
  '4.50',
  '.5',
  '5.',
  '1E30',
  '1e+3',
  '1e-7',
  '0e999',
  '0.0001e4',
  '9007199254740991',
  '9007199254740992',
  '9007199254740994',
  '10000000000000000000000',
  '1.7976931348623157e308',
  '5e-324',
])('%s is what a double keeps', (text) => {
  expect(losesDigits(text)).toBe(false)
})
