import { AppError } from '@/lib/errors'
import type { Bucket } from '@/lib/verb'

export type RateState = { limit: number; remaining: number; resetSeconds: number }

const windowMs = 60_000
const mostKept = 50_000
type Window = { startedAt: number; used: number }
const windows = new Map<string, Window>()

/**
 * Counts one request of a credential in its bucket: fixed windows of a minute from the first request,
 * in this process.
 * @param perMinute 0 switches limits off
 * @throws AppError `rate_limited` with Retry-After and the RateLimit fields
 */
export function countRequest(
  credential: string,
  bucket: Bucket,
  perMinute: number,
  now: number,
): RateState | null {
  if (perMinute === 0) return null
  const key = `${bucket} ${credential}`
  let window = windows.get(key)
  if (!window || now - window.startedAt >= windowMs) {
    window = { startedAt: now, used: 0 }
    if (windows.size >= mostKept) forgetOld(now)
    windows.set(key, window)
  }
  window.used += 1
  const state = {
    limit: perMinute,
    remaining: Math.max(0, perMinute - window.used),
    resetSeconds: Math.max(1, Math.ceil((window.startedAt + windowMs - now) / 1000)),
  }
  if (window.used > perMinute) {
    throw new AppError('rate_limited', `More than ${perMinute} requests a minute with this credential.`, {
      headers: { 'Retry-After': String(state.resetSeconds), ...rateHeaders(bucket, state) },
    })
  }
  return state
}

/** The fields of draft-ietf-httpapi-ratelimit-headers. */
export function rateHeaders(bucket: Bucket, state: RateState): Record<string, string> {
  return {
    'RateLimit-Policy': `"${bucket}";q=${state.limit};w=${windowMs / 1000}`,
    RateLimit: `"${bucket}";r=${state.remaining};t=${state.resetSeconds}`,
  }
}

function forgetOld(now: number): void {
  for (const [key, window] of windows) if (now - window.startedAt >= windowMs) windows.delete(key)
  if (windows.size >= mostKept) windows.clear()
}
