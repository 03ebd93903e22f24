/**
 * Where to go after signing in: a path of this server, or `/` for anything else. What a browser would read as
 * another host or scheme is refused however it is spelled (WHATWG URL: it drops tabs and line breaks, and
 * takes a backslash for a slash).
 * @param wanted from a query or a form, so by anybody
 */
export function safeReturnTo(wanted: unknown): string {
  if (typeof wanted !== 'string' || wanted.length > 2000) return '/'
  if (!wanted.startsWith('/') || /^\/[/\\]/.test(wanted)) return '/'
  if (/[\\\p{C}\s]/u.test(wanted)) return '/'
  const base = 'http://holdpoint.invalid'
  if (!URL.canParse(wanted, base)) return '/'
  const { origin, pathname, search, hash } = new URL(wanted, base)
  if (origin !== base || pathname.startsWith('//')) return '/'
  return isLoop(pathname) ? '/' : pathname + search + hash
}

/** Pages on which somebody who has just signed in would be stuck, and addresses that are no pages. */
function isLoop(pathname: string): boolean {
  return /^\/(sign-in|setup|api)(\/|$)/.test(pathname)
}
