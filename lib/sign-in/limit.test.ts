import { expect, test } from 'vitest'
import { countSignIn } from './limit'

const attempt = (email: string, address: string | null, now: number, perMinute = 600) => {
  try {
    return countSignIn(email, address, perMinute, now) ? 'mailed' : 'silent'
  } catch (error) {
    expect(error).toMatchObject({ code: 'rate_limited' })
    return 'refused'
  }
}

test('five links a minute for one e-mail from one address', () => {
  const answers = Array.from({ length: 7 }, (_, i) => attempt('a@example.com', '10.0.0.1', 1000 + i))
  expect(answers).toEqual([...Array<string>(5).fill('mailed'), 'refused', 'refused'])
  expect(attempt('b@example.com', '10.0.0.1', 1010)).toBe('mailed')
  expect(attempt('a@example.com', '10.0.0.1', 61_001)).toBe('mailed')
})

test('whoever asks for somebody else keeps nobody from asking for themselves', () => {
  for (let i = 0; i < 7; i++) attempt('person@example.com', '198.51.100.1', 1000 + i)
  expect(attempt('person@example.com', '203.0.113.5', 1010)).toBe('mailed')
})

test('from ever new addresses thirty mails go to one person while their links are good, then none; nobody is refused', () => {
  const answers = Array.from({ length: 40 }, (_, i) => attempt('many@example.com', `10.1.0.${i}`, 5000 + i))
  expect(answers).toEqual([...Array<string>(30).fill('mailed'), ...Array<string>(10).fill('silent')])
  expect(attempt('many@example.com', '10.1.1.1', 5000 + 14 * 60_000)).toBe('silent')
  expect(attempt('many@example.com', '10.1.1.2', 5001 + 15 * 60_000)).toBe('mailed')
})

test('an address that nobody can tell locks nobody out', () => {
  const answers = Array.from({ length: 100 }, (_, i) => attempt(`unknown-${i}@example.com`, null, 5000))
  expect(new Set(answers)).toEqual(new Set(['mailed']))
})

test('0 switches it off', () => {
  const answers = Array.from({ length: 50 }, () => attempt('off@example.com', '192.0.2.9', 5000, 0))
  expect(new Set(answers)).toEqual(new Set(['mailed']))
})
