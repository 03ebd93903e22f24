import { hash } from 'node:crypto'
import { eq } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { listOpenApprovals } from '@/db/queries/recipients'
import { findBrowser } from '@/db/queries/push'
import { pushSubscriptions } from '@/db/schema/notices'
import { LaterJobError } from '@/lib/jobs/later-error'
import { PermanentJobError } from '@/lib/jobs/permanent-error'
import type { Understood } from '@/lib/jobs/table'
import type { JobInfo } from '@/lib/jobs/tasks'
import { log } from '@/lib/log'
import { retryAfterMs } from '@/lib/outbound/retry-after'
import { sendOutbound, type OutboundAnswer, type OutboundWorld } from '@/lib/outbound/send'
import { encryptPush, type BrowserKeys } from './encrypt'
import { vapidHeader, vapidKeys } from './vapid'

export type PushDeps = {
  db: Database
  appUrl: string
  /** Sender of mails, whom push services may ask about us where pages are not served by https. */
  emailFrom: string
  sealKey: Buffer
  outboundAllow: readonly string[]
  /** Milliseconds since 1970 of this process. */
  now: () => number
  /** What tests put in place of the world. */
  world?: OutboundWorld
}

/** A push service keeps nothing longer than this. */
const mostSeconds = 28 * 86_400

/**
 * Sends one push to one browser, for as long as something that it tells of is open: to nobody who is no longer signed
 * in there or may not decide any more. A browser that its push service does not know any more is forgotten. What is
 * refused for good, or fails at the last try, is said in the log and given up: the bell and mails tell too.
 * @throws LaterJobError where the push service says when to try again, Error where trying again may help
 */
export async function sendPush(
  deps: PushDeps,
  payload: Understood<'send_push'>,
  { attempts, maxAttempts, signal }: JobInfo,
): Promise<void> {
  const id = payload.browser_id
  const browser = await findBrowser(deps.db, id)
  if (!browser) return
  const open = await listOpenApprovals(deps.db, payload.approval_ids)
  const last = Math.max(...open.map(({ expiresAt }) => expiresAt.getTime()))
  const seconds = Math.min(mostSeconds, Math.ceil((last - deps.now()) / 1000))
  if (open.length === 0 || seconds <= 0) return
  try {
    const { status, headers } = await post(deps, browser, payload, seconds, signal)
    if (status >= 200 && status < 300) return
    if (status === 404 || status === 410)
      await deps.db.delete(pushSubscriptions).where(eq(pushSubscriptions.endpoint, browser.endpoint))
    else throw errorOf(status, retryAfterMs(headers, deps.now()))
  } catch (error) {
    if (signal?.aborted || (attempts < maxAttempts && !(error instanceof PermanentJobError))) throw error
    log.warn({ where: 'push', id, error })
  }
}

function post(
  deps: PushDeps,
  browser: BrowserKeys & { endpoint: string },
  { title, body, path }: Understood<'send_push'>,
  seconds: number,
  signal: AbortSignal | undefined,
): Promise<OutboundAnswer> {
  // Of what has not arrived, and of what is shown, the newest about the same stays.
  const tag = hash('sha256', path, 'base64url').slice(0, 32)
  const subject = deps.appUrl.startsWith('https:') ? deps.appUrl : `mailto:${addressIn(deps.emailFrom)}`
  const headers = {
    Authorization: vapidHeader(vapidKeys(deps.sealKey), browser.endpoint, subject, deps.now()),
    'Content-Type': 'application/octet-stream',
    'Content-Encoding': 'aes128gcm',
    TTL: String(seconds),
    Urgency: 'high',
    Topic: tag,
  }
  const text = JSON.stringify({ title, body, path, tag })
  const { endpoint: url } = browser
  const message = { url, method: 'POST' as const, headers, body: encryptPush(text, browser) }
  return sendOutbound({ ...message, allow: deps.outboundAllow, signal }, deps.world)
}

function errorOf(status: number, pauseMs: number | undefined): Error {
  const words = `The push service answered ${status}.`
  if (status < 500 && ![408, 425, 429].includes(status)) return new PermanentJobError(words)
  return pauseMs === undefined ? new Error(words) : new LaterJobError(words, pauseMs)
}

/** `a@b.example` of `Name <a@b.example>`. */
function addressIn(from: string): string {
  return /<([^>]+)>/.exec(from)?.[1] ?? from
}
