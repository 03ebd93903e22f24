import { createCipheriv, createECDH, hkdfSync, randomBytes } from 'node:crypto'

const curve = 'prime256v1'
const keyBytes = 65
const authBytes = 16
const recordBytes = 4096
/** A message is one record: its mark, its tag and the header take the rest. */
const mostBytes = recordBytes - 17 - 86

/** The keys of a browser's subscription, base64url: its public key on P-256 and a secret of 16 bytes. */
export type BrowserKeys = { p256dh: string; auth: string }

/** Whether a browser can have such keys: a point of the curve, and 16 bytes. */
export function areKeys({ p256dh, auth }: BrowserKeys): boolean {
  if (bytesOf(auth).length !== authBytes || bytesOf(p256dh).length !== keyBytes) return false
  try {
    return newKeys().computeSecret(bytesOf(p256dh)).length > 0
  } catch {
    return false
  }
}

/**
 * Encrypts a message so that only the browser reads it, not its push service: RFC 8291 over RFC 8188, in one record.
 * @param text at most 3,993 bytes of UTF-8
 * @param chance a key pair and a salt of 16 bytes, new for each message
 * @throws RangeError where the text is longer
 */
export function encryptPush(
  text: string,
  { p256dh, auth }: BrowserKeys,
  chance = { keys: newKeys(), salt: randomBytes(16) },
): Buffer {
  const plain = Buffer.from(text)
  if (plain.length > mostBytes) throw new RangeError(`A push holds ${mostBytes} bytes at most.`)
  const { keys, salt } = chance
  const [theirs, ours] = [bytesOf(p256dh), keys.getPublicKey()]
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), theirs, ours])
  const shared = derive(keys.computeSecret(theirs), bytesOf(auth), info, 32)
  const key = derive(shared, salt, 'Content-Encoding: aes128gcm\0', 16)
  const cipher = createCipheriv('aes-128-gcm', key, derive(shared, salt, 'Content-Encoding: nonce\0', 12))
  const size = Buffer.alloc(5)
  size.writeUInt32BE(recordBytes)
  size[4] = keyBytes
  // 2 marks the last record.
  return Buffer.concat([
    salt,
    size,
    ours,
    cipher.update(plain),
    cipher.update('\x02'),
    cipher.final(),
    cipher.getAuthTag(),
  ])
}

function newKeys() {
  const keys = createECDH(curve)
  keys.generateKeys()
  return keys
}

function derive(secret: Buffer, salt: Buffer, info: string | Buffer, bytes: number): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, salt, info, bytes))
}

function bytesOf(text: string): Buffer {
  return Buffer.from(text, 'base64url')
}
