import { count, lt, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { deviceLogins } from '@/db/schema/identity'
import { AppError } from '@/lib/errors'
import { pages } from '@/lib/paths'
import { hashToken, makeSecret } from '@/lib/tokens'
import { makeUserCode } from './code'
import type { DeviceLogin } from './schemas'

const seconds = 600
/** How long whoever asks lets pass between two times. */
export const intervalSeconds = 5
/** Strangers may ask; what they ask must not fill the table. */
const mostOpen = 10_000

/**
 * Begins a login of a command, for a person to confirm in the console within 10 minutes (RFC 8628, section 3.2). The
 * database keeps hashes of both codes.
 * @throws AppError `rate_limited` while too many are open
 */
export async function startDeviceLogin(
  db: Database,
  appUrl: string,
  { name, address }: { name: string; address: string | null },
): Promise<DeviceLogin> {
  await db.delete(deviceLogins).where(lt(deviceLogins.expiresAt, sql`clock_timestamp()`))
  const [open] = await db.select({ count: count() }).from(deviceLogins)
  if ((open?.count ?? 0) >= mostOpen) {
    throw new AppError('rate_limited', 'Too many logins wait to be confirmed. Try again in a few minutes.', {
      headers: { 'Retry-After': '60' },
    })
  }
  for (;;) {
    const [deviceCode, userCode] = [makeSecret(), makeUserCode()]
    const [made] = await db
      .insert(deviceLogins)
      .values({
        deviceHash: hashToken(deviceCode),
        codeHash: hashToken(userCode),
        name,
        address,
        expiresAt: sql`clock_timestamp() + make_interval(secs => ${seconds}::int)`,
      })
      .onConflictDoNothing()
      .returning({ name: deviceLogins.name })
    if (!made) continue
    return {
      device_code: deviceCode,
      user_code: userCode,
      verification_uri: appUrl + pages.device(),
      verification_uri_complete: appUrl + pages.device({ code: userCode }),
      expires_in: seconds,
      interval: intervalSeconds,
    }
  }
}
