import { hash } from 'node:crypto'

/**
 * What is kept of an id by which somebody claims or starts, to know them again: who reads it can do neither.
 * @param of the approval's or the call's id, so that the same id looks different in each
 * @returns null where there is no id
 */
export function retryHash(of: string, id: string | undefined): string | null {
  return id === undefined ? null : hash('sha256', `${of} ${id}`, 'base64url')
}
