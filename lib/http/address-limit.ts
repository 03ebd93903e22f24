import { setBounded } from '@/lib/bounded-map'
import { AppError } from '@/lib/errors'
import { callerNetwork } from './client-address'

const windowMs = 60_000
const mostKept = 20_000

/**
 * What strangers may try, a minute and network: to sign in, credentials that are none, and for a command that logs in
 * by the console to ask, to be told of, and to ask again.
 */
const most = {
  'sign-in': 30,
  credential: 100,
  'device-start': 10,
  'device-code': 20,
  'device-poll': 120,
} as const
export type Attempt = keyof typeof most

/** Of these, what an IPv6 site, a network of 48 bits, may together: each leaves something behind for minutes. */
const mostOfSite: Partial<Record<Attempt, number>> = { 'device-start': 100 }

type Window = { startedAt: number; used: number }
const windows = new Map<string, Window>()
/** Hashes of credentials that worked, and of ones that did not, lately. */
const good = new Map<string, true>()
const wrong = new Map<string, number>()

/**
 * Counts one attempt of whoever is at this address, in this process alone. Nothing is counted where nobody can tell
 * the address: all callers together would be locked out by one.
 * @param perMinute the setting for requests; 0 switches these limits off too
 * @param now milliseconds of a clock that never goes back
 * @throws AppError `rate_limited` with Retry-After
 */
export function countAttempt(attempt: Attempt, address: string | null, perMinute: number, now: number): void {
  if (perMinute === 0 || address === null) return
  requireRoom(attempt, address, now)
  for (const [key] of limitsOf(attempt, address)) {
    const window = open(key, now)
    setBounded(windows, key, { startedAt: window?.startedAt ?? now, used: (window?.used ?? 0) + 1 }, mostKept)
  }
}

/**
 * Refuses credentials that nobody has seen work from an address that has shown too many wrong ones. One that
 * worked lately passes, so whoever shares an address with a stranger goes on with theirs.
 * @throws AppError `rate_limited` with Retry-After
 */
export function requireKnown(hash: string, address: string | null, perMinute: number, now: number): void {
  if (perMinute === 0 || address === null || good.has(hash)) return
  requireRoom('credential', address, now)
}

/** Notes that a credential worked. */
export function noteGood(hash: string): void {
  if (!good.has(hash)) setBounded(good, hash, true, mostKept)
}

/**
 * Notes that a credential did not work. The same one again, such as a key that was revoked and is still in use, is
 * counted once a minute.
 */
export function noteWrong(hash: string, address: string | null, perMinute: number, now: number): void {
  good.delete(hash)
  const seenAt = wrong.get(hash)
  if (seenAt !== undefined && now - seenAt < windowMs) return
  wrong.delete(hash)
  setBounded(wrong, hash, now, mostKept)
  try {
    countAttempt('credential', address, perMinute, now)
  } catch {
    // That there is no room left is said to the next one.
  }
}

function requireRoom(attempt: Attempt, address: string, now: number): void {
  for (const [key, limit] of limitsOf(attempt, address)) {
    const window = open(key, now)
    if (!window || window.used < limit) continue
    const seconds = Math.max(1, Math.ceil((window.startedAt + windowMs - now) / 1000))
    throw new AppError('rate_limited', `Too many attempts from your address. Try again in ${seconds} s.`, {
      headers: { 'Retry-After': String(seconds) },
    })
  }
}

function open(key: string, now: number): Window | undefined {
  const window = windows.get(key)
  return window && now - window.startedAt < windowMs ? window : undefined
}

/** What an attempt is counted under, and how many there may be of it. */
function limitsOf(attempt: Attempt, address: string): [key: string, limit: number][] {
  const network = callerNetwork(address)
  const ofNetwork: [string, number] = [`${attempt} ${network}`, most[attempt]]
  const ofSite = mostOfSite[attempt]
  if (ofSite === undefined || network === address) return [ofNetwork]
  return [ofNetwork, [`${attempt} ${callerNetwork(address, 48)}`, ofSite]]
}
