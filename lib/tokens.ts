import { hash, randomBytes } from 'node:crypto'

const prefixOfKind = { agent: 'hpa_', personal: 'hpu_' } as const

/** `agent` acts for an agent, `personal` for a member. */
export type TokenKind = keyof typeof prefixOfKind

/** What is kept of a token: never the token itself. */
export type ParsedToken = { kind: TokenKind; prefix: string }

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const publicLength = 8
const secretLength = 32
const shape = new RegExp(`^(hpa_|hpu_)([0-9A-Za-z]{${publicLength}})_[0-9A-Za-z]{${secretLength}}$`)

/**
 * A new bearer token: `hpa_` or `hpu_`, 8 public characters to find it again by, `_`, and 32 secret
 * characters (190 random bits). Letters and digits only, so that it survives shells, URLs and double clicks.
 */
export function makeToken(kind: TokenKind): { token: string; prefix: string; tokenHash: string } {
  const prefix = prefixOfKind[kind] + randomText(publicLength)
  const token = `${prefix}_${randomText(secretLength)}`
  return { token, prefix, tokenHash: hashToken(token) }
}

/** Kind and public prefix of text that has the shape of a token; says nothing about existence. */
export function parseToken(text: string): ParsedToken | undefined {
  const found = shape.exec(text)
  if (!found) return undefined
  return { kind: found[1] === 'hpa_' ? 'agent' : 'personal', prefix: `${found[1]}${found[2]}` }
}

/**
 * Hex SHA-256 of a secret of at least 128 random bits: what the database keeps and looks up by. A slow
 * password hash would add nothing, because there is no dictionary of random secrets.
 */
export function hashToken(token: string): string {
  return hash('sha256', token)
}

/** 256 random bits as 43 letters, digits, `-` and `_`: for sessions, sign-in links and invitations. */
export function makeSecret(): string {
  return randomBytes(32).toString('base64url')
}

/** Letters and digits, each as likely as the other: bytes from 248 up would favour the first ones. */
function randomText(length: number): string {
  let text = ''
  while (text.length < length) {
    for (const byte of randomBytes(length)) {
      if (byte < 248 && text.length < length) text += alphabet[byte % 62]
    }
  }
  return text
}
