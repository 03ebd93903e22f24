import { BlockList, isIP } from 'node:net'

/** IANA's special-purpose registries (RFC 6890), by what a refusal calls them. IPv4 within IPv6 counts as IPv4. */
const refused: [what: string, ranges: BlockList][] = [
  ['a loopback', listOf(['127.0.0.0/8', '::1/128'])],
  ['a link-local', listOf(['169.254.0.0/16', 'fe80::/10'])],
  [
    'a private',
    listOf(['10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7', 'fec0::/10']),
  ],
  ['a cloud metadata', listOf(['168.63.129.16/32'])],
  ['a multicast', listOf(['224.0.0.0/4', 'ff00::/8'])],
  ['a tunnel', listOf(['2002::/16'])],
  [
    'a reserved',
    listOf([
      ...['0.0.0.0/8', '192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24', '198.18.0.0/15'],
      ...['198.51.100.0/24', '203.0.113.0/24', '240.0.0.0/4'],
      ...['2001::/23', '2001:db8::/32', '3fff::/20'],
    ]),
  ],
]
const globalUnicast = listOf(['2000::/3'])
/** IPv4 within IPv6, judged by what is within: mapped (RFC 4291), and NAT64 (RFC 6052). */
const embedding = listOf(['::ffff:0:0/96', '64:ff9b::/96'])

export type Verdict = 'public' | 'allowed' | { refused: string }

/**
 * Whether a request may go to an address: public ones, and those in a range that the operator names. Of IPv6 only
 * global unicast is public; anything that is no plain address is refused.
 * @param address as a resolver gives it
 * @param allow CIDR ranges
 */
export function judgeAddress(address: string, allow: readonly string[]): Verdict {
  const version = isIP(address)
  if (version === 0 || address.includes('%')) return { refused: 'an unreadable' }
  const plain = version === 6 ? unwrap(address) : address
  if (isAllowed(address, allow) || isAllowed(plain, allow)) return 'allowed'
  const found = refused.find(([, ranges]) => isWithin(plain, ranges))
  if (found) return { refused: found[0] }
  if (isIP(plain) === 6 && !isWithin(plain, globalUnicast)) return { refused: 'a reserved' }
  return 'public'
}

const local: ReadonlySet<string> = new Set(['a private', 'a loopback', 'a link-local'])

/** Whether an address is the machine's own or of a network behind one: loopback, private, link-local, CGNAT. */
export function isLocal(address: string): boolean {
  const verdict = judgeAddress(address, [])
  return typeof verdict === 'object' && local.has(verdict.refused)
}

/** An IPv6 range of the operator's opens no IPv4 address, which a BlockList would find in it as a mapped one. */
function isAllowed(address: string, allow: readonly string[]): boolean {
  const own = allow.filter((range) => isIP(range.split('/', 1)[0] ?? '') === isIP(address))
  return own.length > 0 && isWithin(address, listOf(own))
}

/** What is no range is none. */
function listOf(ranges: readonly string[]): BlockList {
  const list = new BlockList()
  for (const range of ranges) {
    const [, start = '', bits = ''] = /^([^/]+)\/(\d{1,3})$/.exec(range) ?? []
    const version = start.includes('%') ? 0 : isIP(start)
    if (version !== 0 && Number(bits) <= (version === 4 ? 32 : 128))
      list.addSubnet(start, Number(bits), familyOf(version))
  }
  return list
}

function isWithin(address: string, ranges: BlockList): boolean {
  return ranges.check(address, familyOf(isIP(address)))
}

function familyOf(version: number): 'ipv4' | 'ipv6' {
  return version === 4 ? 'ipv4' : 'ipv6'
}

/** The IPv4 address within; the WHATWG parser writes every spelling the same way. */
function unwrap(address: string): string {
  if (!isWithin(address, embedding)) return address
  const groups = new URL(`http://[${address}]`).hostname.slice(1, -1).replace('::', ':0:0:').split(':')
  return groups
    .slice(-2)
    .map((group) => Number(`0x${group}`))
    .flatMap((pair) => [pair >> 8, pair & 255])
    .join('.')
}
