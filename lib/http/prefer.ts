import { mostWaitSeconds } from '@/lib/approvals/wait'

/**
 * The seconds of `Prefer: wait=N` (RFC 7240), cut to what is allowed; 0 where there is no usable wish.
 */
export function waitSeconds(request: Request): number {
  const header = request.headers.get('prefer') ?? ''
  for (const preference of header.split(',')) {
    const found = /^\s*wait\s*=\s*"?(\d{1,9})"?\s*(;|$)/i.exec(preference)
    if (found) return Math.min(Number(found[1]), mostWaitSeconds)
  }
  return 0
}
