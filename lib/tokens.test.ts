import { describe, expect, test } from 'vitest'
import { hashToken, makeSecret, makeToken, parseToken } from './tokens'

describe('parseToken', () => {
  const secret = 'a'.repeat(32)
  const refused: [string, string][] = [
    ['nothing', ''],
    ['another prefix', `hpx_12345678_${secret}`],
    ['an upper-case prefix', `HPA_12345678_${secret}`],
    ['a short public part', `hpa_1234567_${secret}`],
    ['a short secret', `hpa_12345678_${secret.slice(1)}`],
    ['a long secret', `hpa_12345678_${secret}a`],
    ['blanks around it', ` hpa_12345678_${secret}`],
    ['a line end', `hpa_12345678_${secret}\n`],
    ['a sign in the secret', `hpa_12345678_${'a'.repeat(31)}=`],
  ]
  test.each(refused)('refuses %s', (_, text) => {
    expect(parseToken(text)).toBeUndefined()
  })

  test('reads kind and prefix', () => {
    expect(parseToken(`hpa_12345678_${secret}`)).toEqual({ kind: 'agent', prefix: 'hpa_12345678' })
    expect(parseToken(`hpu_abcdEFGH_${secret}`)).toEqual({ kind: 'personal', prefix: 'hpu_abcdEFGH' })
  })
})

test.each(['agent', 'personal'] as const)(
  'a new %s token parses, hashes to what is kept, and never repeats',
  (kind) => {
    const made = Array.from({ length: 200 }, () => makeToken(kind))
    for (const { token, prefix, tokenHash } of made) {
      expect(parseToken(token)).toEqual({ kind, prefix })
      expect(token.startsWith(`${prefix}_`)).toBe(true)
      expect(tokenHash).toBe(hashToken(token))
    }
    expect(new Set(made.map(({ token }) => token)).size).toBe(200)
  },
)

test('all 62 characters occur about equally often', () => {
  const counts = new Map<string, number>()
  for (let i = 0; i < 2000; i++) {
    for (const character of makeToken('agent').token.slice(13))
      counts.set(character, (counts.get(character) ?? 0) + 1)
  }
  expect(counts.size).toBe(62)
  const expected = (2000 * 32) / 62
  for (const count of counts.values()) expect(Math.abs(count - expected)).toBeLessThan(expected * 0.2)
})

test('hashToken is SHA-256 in hex', () => {
  expect(hashToken('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
})

test('a secret has 256 bits', () => {
  expect(Buffer.from(makeSecret(), 'base64url')).toHaveLength(32)
})
