import { AppError } from '@/lib/errors'

const perEmail = 5
const perAddress = 30
const windowMs = 60_000
const mostKept = 20_000

const attempts = new Map<string, number[]>()

/**
 * Counts one request for a sign-in link by its e-mail (5 a minute) and by the network address that it comes
 * from (30 a minute), in this process alone.
 * @param perMinute the setting for requests; 0 switches this limit off too
 * @param now milliseconds of a clock that never goes back
 * @throws AppError `rate_limited`
 */
export function countSignIn(email: string, address: string, perMinute: number, now: number): void {
  if (perMinute === 0) return
  if (attempts.size > mostKept) forgetOld(now)
  const isFull = [
    count(`address ${address}`, perAddress, now),
    count(`email ${email}`, perEmail, now),
  ].includes(true)
  if (isFull)
    throw new AppError('rate_limited', 'Too many links were asked for. Wait a minute and try again.')
}

function count(key: string, most: number, now: number): boolean {
  const recent = (attempts.get(key) ?? []).filter((at) => now - at < windowMs)
  if (recent.length >= most) return true
  recent.push(now)
  attempts.set(key, recent)
  return false
}

function forgetOld(now: number): void {
  for (const [key, times] of attempts) if (times.every((at) => now - at >= windowMs)) attempts.delete(key)
  if (attempts.size > mostKept) attempts.clear()
}

/**
 * The address that a request comes from, as the nearest proxy wrote it: what stands further left anybody can
 * write.
 */
export function addressOf(headers: Headers): string {
  return headers.get('x-forwarded-for')?.split(',').at(-1)?.trim() || 'unknown'
}
