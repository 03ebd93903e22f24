import { hash } from 'node:crypto'
import { canonicalJson } from './canonical'

/**
 * The digest of a call, the same on page, notice, audit entry and claim: `sha256:` and the hex SHA-256 of
 * the canonical JSON of `{"params":…,"tool":…}` in UTF-8.
 * @throws TypeError as `canonicalJson`
 */
export function digestOf(tool: string, params: unknown): string {
  return `sha256:${hash('sha256', canonicalJson({ params, tool }))}`
}
