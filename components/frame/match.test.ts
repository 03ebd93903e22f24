import { expect, test } from 'vitest'
import { matchScore } from './match'

test.each([
  ['nothing', '', 'Audit'],
  ['other letters', 'xyz', 'Audit'],
  ['letters out of order', 'atd', 'Audit'],
  ['letters of which the first begins no word', 'dt', 'Audit'],
  ['one word of two', 'audit moon', 'Export the audit log'],
])('%s fits nothing', (_, typed, text) => expect(matchScore(typed, text)).toBe(0))

test('the beginning comes before a word, a word before its middle, and that before letters in order', () => {
  const names = ['Members', 'Invite a member', 'Remember', 'Make external members bold']
  const scores = names.map((name) => matchScore('memb', name))
  expect(scores).toEqual([1, 0.8, 0.5, 0.8])
  expect(matchScore('wbhk', 'Webhooks')).toBeGreaterThan(0)
  expect(matchScore('wbhk', 'Webhooks')).toBeLessThan(matchScore('hook', 'Webhooks'))
  expect(matchScore('AUDIT export', 'Export the audit log')).toBeGreaterThan(0.8)
})
