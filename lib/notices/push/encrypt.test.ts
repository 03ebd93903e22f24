import { createECDH, createPublicKey, verify } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { openPush } from '@/lib/testing/push-receiver'
import { areKeys, encryptPush } from './encrypt'
import { vapidHeader, vapidKeys } from './vapid'

/** RFC 8291, appendix A. */
const browser = {
  p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
  auth: 'BTBZMqHH6r4Tts7J_aSIgg',
  privateKey: 'q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94',
}
const encrypted =
  'DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN'

describe('what is pushed', () => {
  it('is encrypted as the example of RFC 8291', () => {
    const keys = createECDH('prime256v1')
    keys.setPrivateKey(Buffer.from('yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw', 'base64url'))
    const salt = Buffer.from('DGv6ra1nlYgDCS1FRnbzlw', 'base64url')
    const text = 'When I grow up, I want to be a watermelon'
    expect(encryptPush(text, browser, { keys, salt }).toString('base64url')).toBe(encrypted)
    expect(openPush(Buffer.from(encrypted, 'base64url'), browser)).toBe(text)
  })

  it('is read by the browser alone, another each time, and is of bounded size', () => {
    const [one, two] = [encryptPush('{"é":1}', browser), encryptPush('{"é":1}', browser)]
    expect(one.equals(two)).toBe(false)
    expect([one, two].map((sent) => openPush(sent, browser))).toEqual(['{"é":1}', '{"é":1}'])
    expect(() => openPush(one, { ...browser, auth: 'AAAAAAAAAAAAAAAAAAAAAA' })).toThrow()
    expect(encryptPush('a'.repeat(3993), browser)).toHaveLength(4096)
    expect(() => encryptPush('a'.repeat(3994), browser)).toThrow('3993 bytes at most')
  })

  it.each<[string, { p256dh: string; auth: string }, boolean]>([
    ['keys of a browser', browser, true],
    ['a secret that is too short', { ...browser, auth: 'AAAA' }, false],
    ['a key that is too short', { ...browser, p256dh: 'AAAA' }, false],
    ['no point of the curve', { ...browser, p256dh: `BA${'A'.repeat(85)}` }, false],
  ])('%s', (_name, keys, are) => expect(areKeys(keys)).toBe(are))
})

describe('who sends', () => {
  const keys = vapidKeys(Buffer.alloc(32, 7))

  /** The claims, where the signature is that of the key beside it. */
  function readHeader(header: string): unknown {
    const [, head = '', claims = '', signature = '', k = ''] =
      /^vapid t=([\w-]+)\.([\w-]+)\.([\w-]+), k=([\w-]+)$/.exec(header) ?? []
    const point = Buffer.from(k, 'base64url')
    const [x = '', y = ''] = [point.subarray(1, 33), point.subarray(33)].map((half) =>
      half.toString('base64url'),
    )
    const key = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' })
    const isSigned = verify(
      'sha256',
      Buffer.from(`${head}.${claims}`),
      { key, dsaEncoding: 'ieee-p1363' },
      Buffer.from(signature, 'base64url'),
    )
    return isSigned
      ? [head, claims].map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as unknown)
      : null
  }

  /** RFC 8292, section 2.4. */
  const example =
    'vapid t=eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiJ9.eyJhdWQiOiJodHRwczovL3B1c2guZXhhbXBsZS5uZXQiLCJleHAiOjE0NTM1MjM3NjgsInN1YiI6Im1haWx0bzpwdXNoQGV4YW1wbGUuY29tIn0.i3CYb7t4xfxCDquptFOepC9GAu_HLGkMlMuCGSK2rpiUfnK9ojFwDXb1JrErtmysazNjjvW2L9OkSSHzvoD1oA, k=BA1Hxzyi1RUM1b5wjxsn7nGxAszw2u61m164i3MrAIxHF6YK5h4SDYic-dRuU_RCPCfA5aq9ojSwk5Y2EmClBPs'

  it('is said as the example of RFC 8292, which the test reads too', () => {
    const expected = (claims: object) => [{ typ: 'JWT', alg: 'ES256' }, claims]
    expect(readHeader(example)).toEqual(
      expected({ aud: 'https://push.example.net', exp: 1453523768, sub: 'mailto:push@example.com' }),
    )
    const said = vapidHeader(
      keys,
      'https://push.example.net/v2/abc?d',
      'mailto:push@example.com',
      1453480568000,
    )
    expect(readHeader(said)).toEqual(readHeader(example))
    expect(readHeader(said.replace('t=ey', 't=eZ'))).toBeNull()
  })

  it('is the same in every process of an installation, and another in each', () => {
    expect(vapidKeys(Buffer.alloc(32, 7))).toEqual(keys)
    expect(vapidKeys(Buffer.alloc(32, 8)).publicKey).not.toBe(keys.publicKey)
    expect(Buffer.from(keys.publicKey, 'base64url')).toHaveLength(65)
  })
})
