import { AppError } from '@/lib/errors'
import { signInLinkMinutes } from '@/lib/members/sign-in-link'
import { callerNetwork } from '@/lib/http/client-address'

const perCaller = 5
const callerMs = 60_000
const perPerson = 30
const personMs = signInLinkMinutes * 60_000
const mostKept = 20_000

const attempts = new Map<string, number[]>()

/**
 * Counts one request for a sign-in link, in this process alone: 5 a minute for one e-mail from one network. Nobody is locked out by what others ask for: from elsewhere together 30 mails go to a
 * person within the time that a link is good for, and then no more, since that many lie there that work.
 * @param perMinute the setting for requests; 0 switches this limit off too
 * @param now milliseconds of a clock that never goes back
 * @returns whether a mail is to be sent
 * @throws AppError `rate_limited`
 */
export function countSignIn(email: string, address: string | null, perMinute: number, now: number): boolean {
  if (perMinute === 0) return true
  if (attempts.size > mostKept) forgetOld(now)
  if (address !== null && isFull(`${callerNetwork(address)} ${email}`, perCaller, callerMs, now)) {
    throw new AppError('rate_limited', 'Too many links were asked for. Wait a minute and try again.', {
      headers: { 'Retry-After': '60' },
    })
  }
  return !isFull(email, perPerson, personMs, now)
}

function isFull(key: string, most: number, withinMs: number, now: number): boolean {
  const recent = (attempts.get(key) ?? []).filter((at) => now - at < withinMs)
  if (recent.length >= most) return true
  attempts.set(key, [...recent, now])
  return false
}

function forgetOld(now: number): void {
  for (const [key, times] of attempts) if (times.every((at) => now - at >= personMs)) attempts.delete(key)
  for (const key of attempts.keys()) {
    if (attempts.size <= mostKept) return
    attempts.delete(key)
  }
}
