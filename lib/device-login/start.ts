import { and, desc, eq, isNull, lt, lte, or, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { deviceLogins } from '@/db/schema/identity'
import { pages } from '@/lib/paths'
import { hashToken, makeSecret } from '@/lib/tokens'
import { makeUserCode } from './code'
import type { DeviceLogin } from './schemas'

const seconds = 600
/** How long whoever asks lets pass between two times. */
export const intervalSeconds = 5
/** Strangers may ask; what they ask must neither fill the table nor keep anybody out. */
const mostUnconfirmed = 100_000

/**
 * Begins a login of a command, for a person to confirm in the console within 10 minutes (RFC 8628, section 3.2). The
 * database keeps hashes of both codes. Where 100,000 wait for a person, the oldest of these goes; those that are begun
 * at the same moment may be beyond that until the next.
 */
export async function startDeviceLogin(
  db: Database,
  appUrl: string,
  { name, address }: { name: string; address: string | null },
): Promise<DeviceLogin> {
  for (;;) {
    const [deviceCode, userCode] = [makeSecret(), makeUserCode()]
    const [made] = await db
      .with(removeSpent(db))
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

/** Takes away what has expired and, for one more to have room, the oldest that nobody confirmed; waits for no lock. */
function removeSpent(db: Database) {
  const { deviceHash, expiresAt, userId } = deviceLogins
  const oldestTooMany = db
    .select({ expiresAt })
    .from(deviceLogins)
    .where(isNull(userId))
    .orderBy(desc(expiresAt))
    .offset(mostUnconfirmed - 1)
    .limit(1)
  const spent = db
    .select({ deviceHash })
    .from(deviceLogins)
    .where(or(lt(expiresAt, sql`now()`), and(isNull(userId), lte(expiresAt, sql`(${oldestTooMany})`))))
    .for('update', { skipLocked: true })
  // as an array it is looked for once, also where the planner knows the table as it was when it was empty
  return db.$with('removed').as(
    db
      .delete(deviceLogins)
      .where(eq(deviceHash, sql`any(array(${spent}))`))
      .returning({ deviceHash }),
  )
}
