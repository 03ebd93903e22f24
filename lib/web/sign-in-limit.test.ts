import { expect, test } from 'vitest'
import { addressOf, countSignIn } from './sign-in-limit'

const refused = { code: 'rate_limited' }
const attempt = (email: string, address: string, now: number, perMinute = 600) => {
  try {
    countSignIn(email, address, perMinute, now)
    return 'counted'
  } catch (error) {
    expect(error).toMatchObject(refused)
    return 'refused'
  }
}

test('five links a minute for one e-mail, from wherever', () => {
  const answers = Array.from({ length: 7 }, (_, i) => attempt('a@example.com', `10.0.0.${i}`, 1000 + i))
  expect(answers).toEqual([...Array(5).fill('counted'), 'refused', 'refused'])
  expect(attempt('b@example.com', '10.0.0.1', 1010)).toBe('counted')
  expect(attempt('a@example.com', '10.0.0.9', 61_001)).toBe('counted')
})

test('thirty a minute from one address, for whomever', () => {
  const answers = Array.from({ length: 32 }, (_, i) => attempt(`many-${i}@example.com`, '192.0.2.1', 5000))
  expect(answers.filter((answer) => answer === 'counted')).toHaveLength(30)
})

test('0 switches it off', () => {
  const answers = Array.from({ length: 50 }, () => attempt('off@example.com', '192.0.2.9', 5000, 0))
  expect(new Set(answers)).toEqual(new Set(['counted']))
})

test.each([
  ['203.0.113.7', '203.0.113.7'],
  ['1.1.1.1, 203.0.113.7', '203.0.113.7'],
  ['', 'unknown'],
])('x-forwarded-for %j comes from %j', (value, address) => {
  expect(addressOf(new Headers({ 'x-forwarded-for': value }))).toBe(address)
})
