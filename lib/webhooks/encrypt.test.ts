import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { newSigningSecret, openSecret, sealSecret } from './encrypt'

const key = randomBytes(32)

test('opens with the same key and owner alone', () => {
  const secret = newSigningSecret()
  const sealed = sealSecret(key, 'whk_1', secret)
  expect(openSecret(key, 'whk_1', sealed)).toBe(secret)
  expect(sealed).not.toContain(secret.slice(6, 20))
  expect(() => openSecret(randomBytes(32), 'whk_1', sealed)).toThrow(/AUTH_SECRET/)
  expect(() => openSecret(key, 'whk_2', sealed)).toThrow(/AUTH_SECRET/)
})

test.each([
  ['nothing', () => ''],
  ['another version', (text: string) => text.replace('v1.', 'v2.')],
  ['a short text', () => 'v1.AAAA'],
  [
    'a changed character',
    (text: string) => `${text.slice(0, 30)}${text[30] === 'A' ? 'B' : 'A'}${text.slice(31)}`,
  ],
  ['a changed nonce', (text: string) => `v1.${text[3] === 'A' ? 'B' : 'A'}${text.slice(4)}`],
])('refuses %s', (_, change) => {
  const sealed = sealSecret(key, 'whk_1', 'x'.repeat(30))
  expect(() => openSecret(key, 'whk_1', change(sealed))).toThrow()
})

test('seals the same secret differently each time', () => {
  expect(sealSecret(key, 'whk_1', 'same')).not.toBe(sealSecret(key, 'whk_1', 'same'))
})

test('a signing secret is whsec_ and base64 of 32 bytes', () => {
  const secret = newSigningSecret()
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
  expect(Buffer.from(secret.slice(6), 'base64')).toHaveLength(32)
})
