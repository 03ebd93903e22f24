import { BlockList, isIP } from 'node:net'

/** The most that a full IPv6 address with an IPv4 tail takes; nothing longer is an address. */
const mostCharacters = 45
/** More proxies than these stand before nobody. */
const mostHops = 20

/** Whose `X-Forwarded-For` is believed: addresses and CIDR ranges that the operator named. */
export type TrustedProxies = BlockList

/**
 * @param entries addresses and CIDR ranges, checked by the settings
 */
export function trustedProxies(entries: readonly string[]): TrustedProxies {
  const list = new BlockList()
  for (const entry of entries) {
    const [written = '', bits] = entry.split('/')
    const address = plainAddress(written) ?? written
    const isMapped = isIP(address) === 4 && isIP(written) === 6
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Math.max(0, Number(bits) - (isMapped ? 96 : 0)), family)
  }
  return list
}

/**
 * The address that a request comes from: its connection's, or, where that is a trusted proxy, the nearest in
 * `X-Forwarded-For` that is none. Each proxy appends whom it heard from, so the list is read from the right and
 * no further than the first stranger: what stands left of it anybody can write. An entry that is no address ends
 * the walk at the proxy that passed it on.
 * @param peer of the connection
 * @param forwardedFor the header's value, several joined by commas
 * @returns an address in its one canonical spelling, IPv4 within IPv6 as IPv4; null without a readable peer
 */
export function clientAddress(
  peer: string | null | undefined,
  forwardedFor: string | null | undefined,
  trusted: TrustedProxies,
): string | null {
  let nearest = plainAddress(peer ?? '')
  if (nearest === null || !forwardedFor) return nearest
  const hops = forwardedFor.split(',').slice(-mostHops).reverse()
  for (const hop of hops) {
    if (!isTrusted(nearest, trusted)) break
    const before = plainAddress(withoutPort(hop.trim()))
    if (before === null) break
    nearest = before
  }
  return nearest
}

/**
 * What requests of one caller are counted under: an IPv6 subscriber has a network of 64 bits, not an address.
 * @param bits of an IPv6 network, 16 or a multiple of it; of a site 48
 */
export function callerNetwork(address: string, bits = 64): string {
  if (isIP(address) !== 6) return address
  const [head = '', tail] = address.split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros: string[] = Array.from({ length: 8 - before.length - after.length }, () => '0')
  return `${[...before, ...zeros, ...after].slice(0, bits / 16).join(':')}::/${bits}`
}

function isTrusted(address: string, trusted: TrustedProxies): boolean {
  return trusted.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
}

/** Some proxies write the port too: `192.0.2.1:4711`, `[2001:db8::1]:4711`. */
function withoutPort(hop: string): string {
  return /^\[([^\]]*)\](?::\d{1,5})?$/.exec(hop)?.[1] ?? /^([\d.]+):\d{1,5}$/.exec(hop)?.[1] ?? hop
}

/** The canonical spelling without a zone; null for what is no address. */
function plainAddress(text: string): string | null {
  if (text.length > mostCharacters) return null
  const address = text.replace(/%[\w.-]+$/, '')
  const version = isIP(address)
  if (version === 0) return null
  if (version === 4) return address
  // The WHATWG parser writes every spelling the same way.
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1)
  const mapped = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/.exec(canonical)
  if (!mapped) return canonical
  const [high, low] = mapped.slice(1).map((group) => Number.parseInt(group, 16)) as [number, number]
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}
