import { expect, test } from 'vitest'
import { countAttempt, noteGood, noteWrong, requireKnown } from './address-limit'

const isRefused = (work: () => void): string | undefined => {
  try {
    work()
    return undefined
  } catch (error) {
    expect(error).toMatchObject({ code: 'rate_limited', status: 429 })
    return (error as { headers: Record<string, string> }).headers['Retry-After']
  }
}
const known = (hash: string, address: string | null, now: number) =>
  isRefused(() => requireKnown(hash, address, 600, now))

test('a hundred wrong credentials a minute from one address; what worked lately goes on', () => {
  noteGood('mine')
  for (let i = 0; i < 99; i++) noteWrong(`wrong-${i}`, '10.0.0.1', 600, 1000 + i)
  expect(known('new', '10.0.0.1', 1100)).toBeUndefined()
  noteWrong('wrong-99', '10.0.0.1', 600, 1100)
  expect(known('new', '10.0.0.1', 1100)).toBe('60')
  expect(known('mine', '10.0.0.1', 1100)).toBeUndefined()
  expect(known('new', '10.0.0.2', 1100)).toBeUndefined()
  expect(known('new', '10.0.0.1', 60_500)).toBe('1')
  expect(known('new', '10.0.0.1', 61_001)).toBeUndefined()
})

test('one dead key that is shown again and again is counted once', () => {
  noteGood('dead')
  for (let i = 0; i < 500; i++) noteWrong('dead', '10.0.0.3', 600, 1000 + i)
  expect(known('new', '10.0.0.3', 1600)).toBeUndefined()
})

test('a credential that stopped to work is not known any more', () => {
  noteGood('revoked')
  noteWrong('revoked', '10.0.0.4', 600, 1000)
  for (let i = 0; i < 99; i++) noteWrong(`other-${i}`, '10.0.0.4', 600, 1000)
  expect(known('revoked', '10.0.0.4', 1000)).toBe('60')
})

test('attempts to sign in are counted apart, and not where the address is unknown or limits are off', () => {
  const signIn = (address: string | null, perMinute = 600) =>
    isRefused(() => countAttempt('sign-in', address, perMinute, 1000))
  const answers = Array.from({ length: 31 }, () => signIn('10.0.0.5'))
  expect(answers.filter((answer) => answer === undefined)).toHaveLength(30)
  expect(known('new', '10.0.0.5', 1000)).toBeUndefined()
  for (let i = 0; i < 100; i++) expect([signIn(null), signIn('10.0.0.6', 0)]).toEqual([undefined, undefined])
})

test('a flood from ever new networks forgets the oldest and keeps the rest', () => {
  for (let i = 0; i < 31; i++) isRefused(() => countAttempt('sign-in', '10.9.9.9', 600, 2000))
  for (let i = 0; i < 19_000; i++) {
    countAttempt('sign-in', `172.${16 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}`, 600, 2000)
  }
  expect(isRefused(() => countAttempt('sign-in', '10.9.9.9', 600, 2000))).toBe('60')
})

test('logins of a command from ever new networks of one IPv6 site are counted together', () => {
  const start = (site: string, network: number) =>
    isRefused(() => countAttempt('device-start', `2001:db8:${site}:${network.toString(16)}::1`, 600, 1000))
  const answers = Array.from({ length: 150 }, (_, network) => start('a', network))
  expect(answers.findIndex((answer) => answer !== undefined)).toBe(100)
  expect([start('a', 999), start('b', 1)]).toEqual(['60', undefined])
  const polls = Array.from({ length: 150 }, (_, network) =>
    isRefused(() => countAttempt('device-poll', `2001:db8:a:${network.toString(16)}::1`, 600, 1000)),
  )
  expect(polls.filter((answer) => answer !== undefined)).toEqual([])
})
