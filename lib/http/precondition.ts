import { hash } from 'node:crypto'
import type { Precondition } from '@/lib/verb'

/** The strong entity tag of a numbered version (RFC 9110, section 8.8.3). */
export function versionTag(version: number): string {
  return `"${version}"`
}

/** The strong entity tag of a text. */
export function textTag(text: string): string {
  return `"${hash('sha256', text, 'base64url')}"`
}

/**
 * What `If-Match` and `If-None-Match` demand before a change (RFC 9110, section 13.1); undefined where neither is
 * sent. A tag that is none, or is weak in `If-Match`, matches no version, so that nothing is changed by mistake.
 */
export function preconditionOf(request: Request): Precondition | undefined {
  const wanted = request.headers.get('if-match')
  const unwanted = request.headers.get('if-none-match')
  if (wanted === null && unwanted === null) return undefined
  return (version) => {
    const tag = version === null ? null : versionTag(version)
    return (wanted === null || isAmong(tag, wanted)) && !isAmong(tag, withoutWeakness(unwanted))
  }
}

/** Whether the header `If-None-Match` of a reader names what there is; compared weakly, as that section wants it. */
export function isNamed(tag: string, ifNoneMatch: string | null): boolean {
  return isAmong(withoutWeakness(tag), withoutWeakness(ifNoneMatch))
}

function isAmong(tag: string | null, header: string | null): boolean {
  if (tag === null || header === null) return false
  const tags = header.split(',').map((one) => one.trim())
  return tags.includes('*') || tags.includes(tag)
}

function withoutWeakness(header: string | null): string | null {
  return header?.replace(/\bW\/"/g, '"') ?? null
}
