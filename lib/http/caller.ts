import { AsyncLocalStorage } from 'node:async_hooks'
import type { IncomingMessage } from 'node:http'
import { setBounded } from '@/lib/bounded-map'
import { settings } from '@/lib/env'
import { log } from '@/lib/log'
import { isLocal } from '@/lib/outbound/address'
import { clientAddress, trustedProxies, type TrustedProxies } from './client-address'
import { streamOf } from './node-http'

const callerKey = Symbol.for('holdpoint.caller')
type Caller = { address: string | null; isReadingForm: boolean }
/** Shared by every copy of this module (bundled for Next, plain for our own server). */
const scope = globalThis as { [callerKey]?: AsyncLocalStorage<Caller> }
const callers = (scope[callerKey] ??= new AsyncLocalStorage())

/**
 * Serves a request by Next and lets what serves it know whose connection it came by; headers can say nothing of it.
 * @param isForm whether it is to be read before anything of ours is reached
 */
export function withCaller<T>(incoming: IncomingMessage, serve: () => T, isForm = false): T {
  return callers.run({ address: addressOfIncoming(incoming), isReadingForm: isForm }, serve)
}

/** Notes that an action or a page of ours was reached: what fails from here on is not for how its form was written. */
export function noteBegun(): void {
  const caller = callers.getStore()
  if (caller) caller.isReadingForm = false
}

/** Whether what fails now does so for how its form was written, which is the caller's fault and not ours. */
export function isReadingForm(): boolean {
  return callers.getStore()?.isReadingForm ?? false
}

/**
 * The address that a request to the API comes from, or, by the headers of a request alone, one to a page or an
 * action; null where nobody trustworthy says it. Our own server asks the connection, and `X-Forwarded-For` as
 * far as TRUSTED_PROXIES goes. On Vercel its edge says it in headers that it overwrites.
 */
export function addressOf(request: Request | { headers: Pick<Headers, 'get'> }): string | null {
  const incoming = 'method' in request ? streamOf(request) : undefined
  if (incoming) return addressOfIncoming(incoming)
  const caller = callers.getStore()
  if (caller) return caller.address
  if (process.env.VERCEL !== '1') return null
  const { headers } = request
  const seen = headers.get('x-vercel-forwarded-for') ?? headers.get('x-real-ip')
  return clientAddress(seen?.split(',').at(-1)?.trim(), null, trusted())
}

/**
 * The address that limits count by; null where it tells nobody apart. Where no proxy is named, a local address may be
 * that of one, behind which everybody would be locked out by anybody.
 * @param address as `addressOf` told it
 */
export function countedAddress(address: string | null): string | null {
  if (address === null || settings().trustedProxies.length > 0) return address
  return isLocalOnce(address) ? null : address
}

const mostKept = 10_000
const areLocal = new Map<string, boolean>()

/** `isLocal`, which takes long for what every request asks. */
function isLocalOnce(address: string): boolean {
  const known = areLocal.get(address)
  if (known !== undefined) return known
  const found = isLocal(address)
  setBounded(areLocal, address, found, mostKept)
  return found
}

function addressOfIncoming(incoming: IncomingMessage): string | null {
  const forwarded = incoming.headers['x-forwarded-for']
  const header = Array.isArray(forwarded) ? forwarded.join(',') : forwarded
  const address = clientAddress(incoming.socket.remoteAddress, header, trusted())
  if (header !== undefined && settings().trustedProxies.length === 0) adviseOnce(address)
  return address
}

let isAdvised = false

/** Behind a proxy that nobody named, everybody is recorded as the proxy. */
function adviseOnce(address: string | null): void {
  if (isAdvised) return
  isAdvised = true
  log.warn(
    { where: 'proxy' },
    `X-Forwarded-For came from ${address ?? 'nowhere'} and is not believed. If that is your proxy, name it: TRUSTED_PROXIES=${address ?? 'ADDRESS'}`,
  )
}

let kept: { entries: readonly string[]; list: TrustedProxies } | undefined

function trusted(): TrustedProxies {
  const entries = settings().trustedProxies
  if (kept?.entries !== entries) kept = { entries, list: trustedProxies(entries) }
  return kept.list
}
