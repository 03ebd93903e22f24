import type { Precondition } from '@/lib/verb'

/** The strong entity tag of a numbered version (RFC 9110, section 8.8.3). */
export function versionTag(version: number): string {
  return `"${version}"`
}

/**
 * What `If-Match` and `If-None-Match` demand before a change (RFC 9110, section 13.1); undefined where neither is
 * sent. A tag that is none, or is weak in `If-Match`, matches no version, so that nothing is changed by mistake.
 */
export function preconditionOf(request: Request): Precondition | undefined {
  const wanted = tagsOf(request.headers.get('if-match'))
  // Compared weakly, as that section wants it.
  const unwanted = tagsOf(request.headers.get('if-none-match'))?.map((tag) => tag.replace(/^W\//, ''))
  if (!wanted && !unwanted) return undefined
  return (version) => (!wanted || isAmong(version, wanted)) && !(unwanted && isAmong(version, unwanted))
}

function tagsOf(header: string | null): string[] | undefined {
  return header?.split(',').map((tag) => tag.trim())
}

function isAmong(version: number | null, tags: string[]): boolean {
  return version !== null && (tags.includes('*') || tags.includes(versionTag(version)))
}
