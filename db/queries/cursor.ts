import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { AppError } from '@/lib/errors'

/** A page of a list; `nextCursor` is null on the last one. */
export type Page<T> = { items: T[]; nextCursor: string | null }

const secretKey = Symbol.for('holdpoint.cursor-secret')
const scope = globalThis as { [secretKey]?: string }

/** Sets the key that authenticates cursors; all processes over one database need the same. */
export function setCursorSecret(secret: string): void {
  scope[secretKey] = secret
}

function sign(payload: string): Buffer {
  scope[secretKey] ??= randomBytes(32).toString('hex')
  return createHmac('sha256', `cursor:${scope[secretKey]}`).update(payload).digest().subarray(0, 12)
}

/** An opaque, authenticated place in one list of one project. */
export function encodeCursor(list: string, projectId: string, place: string[]): string {
  const body = JSON.stringify(place)
  return Buffer.concat([sign(`${list}\n${projectId}\n${body}`), Buffer.from(body)]).toString('base64url')
}

/**
 * Reads a cursor back.
 * @throws AppError `invalid_cursor` for anything that this list of this project did not give out
 */
export function decodeCursor(list: string, projectId: string, cursor: string): string[] {
  const all = Buffer.from(cursor, 'base64url')
  const body = all.subarray(12).toString('utf8')
  const isOurs =
    /^[A-Za-z0-9_-]{17,2000}$/.test(cursor) &&
    all.toString('base64url') === cursor &&
    timingSafeEqual(all.subarray(0, 12), sign(`${list}\n${projectId}\n${body}`))
  if (!isOurs)
    throw new AppError('invalid_cursor', 'The cursor is not one that this list gave out; start without it.')
  return JSON.parse(body) as string[]
}
