import { createECDH, createPrivateKey, hkdfSync, sign } from 'node:crypto'

/** The order of P-256. */
const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
/** A push service refuses a token that lasts longer than a day. */
const lastsSeconds = 12 * 3600

export type VapidKeys = { publicKey: string; privateKey: string }

/**
 * The key pair by which push services know this installation, base64url. It comes out of the key for secrets at rest,
 * as that does out of AUTH_SECRET, so that every process has the same and none keeps it. With another AUTH_SECRET the
 * browsers subscribe anew the next time that a page is opened there.
 */
export function vapidKeys(sealKey: Buffer): VapidKeys {
  const drawn = Buffer.from(hkdfSync('sha256', sealKey, '', 'holdpoint web push', 48)).toString('hex')
  const scalar = (BigInt(`0x${drawn}`) % (order - 1n)) + 1n
  const keys = createECDH('prime256v1')
  keys.setPrivateKey(scalar.toString(16).padStart(64, '0'), 'hex')
  return {
    publicKey: keys.getPublicKey('base64url'),
    privateKey: Buffer.from(scalar.toString(16).padStart(64, '0'), 'hex').toString('base64url'),
  }
}

/**
 * The header that says to a push service who sends (RFC 8292).
 * @param subject `mailto:` or `https:`, where whoever runs the service asks about us
 * @param now milliseconds since 1970
 */
export function vapidHeader(keys: VapidKeys, endpoint: string, subject: string, now: number): string {
  const claims = { aud: new URL(endpoint).origin, exp: Math.floor(now / 1000) + lastsSeconds, sub: subject }
  const text = [{ typ: 'JWT', alg: 'ES256' }, claims].map(encoded).join('.')
  const point = Buffer.from(keys.publicKey, 'base64url')
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((half) => half.toString('base64url'))
  const jwk = { kty: 'EC', crv: 'P-256', x: x ?? '', y: y ?? '', d: keys.privateKey }
  const key = createPrivateKey({ key: jwk, format: 'jwk' })
  const signature = sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' })
  return `vapid t=${text}.${signature.toString('base64url')}, k=${keys.publicKey}`
}

function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url')
}
