import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { Context } from '@/lib/context'

const version = 'v1'
const ivBytes = 12
const tagBytes = 16

/**
 * Encrypts a secret for the database: AES-256-GCM (NIST SP 800-38D) with a fresh 96-bit nonce.
 * @param key 32 bytes
 * @param owner id of the row that holds it; bound to it, so that a copy into another row does not open
 */
export function sealSecret(key: Buffer, owner: string, secret: string): string {
  const iv = randomBytes(ivBytes)
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: tagBytes })
  cipher.setAAD(Buffer.from(owner))
  const sealed = Buffer.concat([iv, cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()])
  return `${version}.${sealed.toString('base64url')}`
}

/**
 * Opens what `sealSecret` made.
 * @throws Error where the key or the owner is another, or the text was changed
 */
export function openSecret(key: Buffer, owner: string, sealed: string): string {
  const [head, text = ''] = sealed.split('.', 2)
  const bytes = Buffer.from(text, 'base64url')
  if (head !== version || bytes.length < ivBytes + tagBytes)
    throw new Error('The sealed secret cannot be read.')
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, ivBytes), {
    authTagLength: tagBytes,
  })
  decipher.setAAD(Buffer.from(owner))
  decipher.setAuthTag(bytes.subarray(-tagBytes))
  try {
    return Buffer.concat([decipher.update(bytes.subarray(ivBytes, -tagBytes)), decipher.final()]).toString(
      'utf8',
    )
  } catch (error) {
    throw new Error('The sealed secret cannot be opened: AUTH_SECRET is another than when it was kept.', {
      cause: error,
    })
  }
}

/** A new signing secret of Standard Webhooks: 32 random bytes. */
export function newSigningSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`
}

/** @throws Error where the edge that made the context gave no key */
export function sealKeyIn(ctx: Pick<Context, 'sealKey'>): Buffer {
  if (!ctx.sealKey) throw new Error('The context has no key for secrets.')
  return ctx.sealKey
}
