import { isIP } from 'node:net'
import { judgeAddress, type Verdict } from './address'
import { OutboundError } from './error'
import type { Resolve } from './resolve'

/** Where a request goes: the URL, and the addresses that were checked. */
export type Target = { url: URL; hostname: string; addresses: string[] }

/**
 * Reads a URL as far as that is possible without asking DNS: scheme, credentials, and the address where the
 * host is one, in whatever spelling (the WHATWG parser turns `0x7f.1`, `2130706433` and `0177.0.0.1` into
 * `127.0.0.1`).
 * @param allow CIDR ranges that may be reached although private, and by `http:`
 * @throws OutboundError `url` or `address`, with a sentence for whoever typed it
 */
export function checkUrl(text: string, allow: readonly string[]): URL {
  if (!URL.canParse(text))
    throw new OutboundError('url', 'This is not a URL; write one such as https://example.com/hook.')
  // which the parser would leave out, so that another address were called
  if (/[\t\r\n]/.test(text.trim()))
    throw new OutboundError('url', 'The URL must not hold a tab or a line break.')
  const url = new URL(text)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new OutboundError('url', 'Only https: can be called (http: only towards ranges of OUTBOUND_ALLOW).')
  }
  if (url.username !== '' || url.password !== '') {
    throw new OutboundError('url', 'The URL must not hold a user name or password.')
  }
  if (url.protocol === 'http:' && allow.length === 0) throw plainRefused()
  const hostname = hostOf(url)
  if (isIP(hostname)) checkVerdicts(url, [[hostname, judgeAddress(hostname, allow)]])
  return url
}

/**
 * Resolves the host once and checks every address. Where one of them is in a range that the operator names,
 * those that may not be reached are left out; else one that may not be reached refuses all.
 * @throws OutboundError `url`, `address` or `name`
 */
export async function findTarget(text: string, allow: readonly string[], resolve: Resolve): Promise<Target> {
  const url = checkUrl(text, allow)
  const hostname = hostOf(url)
  const found = isIP(hostname) ? [hostname] : await resolve(hostname)
  if (found.length === 0) throw new OutboundError('name', `The name ${hostname} has no address.`)
  const verdicts = found.map((address): [string, Verdict] => [address, judgeAddress(address, allow)])
  return { url, hostname, addresses: checkVerdicts(url, verdicts) }
}

function checkVerdicts(url: URL, verdicts: [string, Verdict][]): string[] {
  const allowed = verdicts.filter(([, verdict]) => verdict === 'allowed').map(([address]) => address)
  if (url.protocol === 'http:') {
    if (allowed.length > 0) return allowed
    const refused = refusalIn(verdicts)
    throw refused ? addressRefused(url, refused) : plainRefused()
  }
  const refused = refusalIn(verdicts)
  if (refused && allowed.length === 0) throw addressRefused(url, refused)
  return verdicts.filter(([, verdict]) => typeof verdict === 'string').map(([address]) => address)
}

function refusalIn(verdicts: [string, Verdict][]): string | undefined {
  for (const [, verdict] of verdicts) if (typeof verdict === 'object') return verdict.refused
  return undefined
}

/** The address itself is not said: whoever may add a webhook could map the network by it. */
function addressRefused(url: URL, what: string): OutboundError {
  const host = hostOf(url)
  const how = isIP(host) ? 'is' : 'leads to'
  return new OutboundError(
    'address',
    `${host} ${how} ${what} address; webhooks reach public addresses, and those that the operator names in OUTBOUND_ALLOW.`,
  )
}

function plainRefused(): OutboundError {
  return new OutboundError(
    'url',
    'Use https: http: is only let through towards ranges that the operator names in OUTBOUND_ALLOW.',
  )
}

/** Without the brackets of IPv6. */
function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1')
}
