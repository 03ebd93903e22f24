import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { pages } from '@/lib/paths'

/**
 * The code that opens the first-run page: whoever can read the server's terminal has it, nobody else. Derived
 * from the secret (HMAC-SHA-256, 256 bits), so that every process over one database knows the same.
 */
function setupCode(authSecret: string): string {
  return createHmac('sha256', authSecret).update('holdpoint:setup-code').digest('base64url')
}

/** Whether this is the code, compared in constant time. */
export function isSetupCode(authSecret: string, shown: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(shown), digest(setupCode(authSecret)))
}

/** The address of the first-run page with its code. */
export function setupUrl(appUrl: string, authSecret: string): string {
  return appUrl + pages.setup(setupCode(authSecret))
}
