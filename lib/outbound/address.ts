import { isIP } from 'node:net'

type Range = { version: 4 | 6; start: bigint; bits: number; what: string }

const refused4 = ranges(4, [
  ['0.0.0.0/8', 'a reserved'],
  ['10.0.0.0/8', 'a private'],
  ['100.64.0.0/10', 'a private'],
  ['127.0.0.0/8', 'a loopback'],
  ['168.63.129.16/32', 'a cloud metadata'],
  ['169.254.0.0/16', 'a link-local'],
  ['172.16.0.0/12', 'a private'],
  ['192.0.0.0/24', 'a reserved'],
  ['192.0.2.0/24', 'a reserved'],
  ['192.88.99.0/24', 'a reserved'],
  ['192.168.0.0/16', 'a private'],
  ['198.18.0.0/15', 'a reserved'],
  ['198.51.100.0/24', 'a reserved'],
  ['203.0.113.0/24', 'a reserved'],
  ['224.0.0.0/4', 'a multicast'],
  ['240.0.0.0/4', 'a reserved'],
])

/** Within global unicast, which is all that is let through: tunnels, documentation, benchmarks. */
const refused6 = ranges(6, [
  ['::/128', 'a reserved'],
  ['::1/128', 'a loopback'],
  ['fc00::/7', 'a private'],
  ['fe80::/10', 'a link-local'],
  ['fec0::/10', 'a private'],
  ['ff00::/8', 'a multicast'],
  ['2001::/23', 'a reserved'],
  ['2001:db8::/32', 'a reserved'],
  ['2002::/16', 'a tunnel'],
  ['3fff::/20', 'a reserved'],
])
const globalUnicast = ranges(6, [['2000::/3', '']])
/** IPv4 within IPv6, judged by what is within: mapped (RFC 4291), and NAT64 (RFC 6052). */
const embedding = ranges(6, [
  ['::ffff:0:0/96', ''],
  ['64:ff9b::/96', ''],
])

export type Verdict = 'public' | 'allowed' | { refused: string }

/**
 * Whether a request may go to an address (IANA's special-purpose registries, RFC 6890): public ones, and
 * those in a range that the operator names. Anything that is no plain address is refused.
 * @param address as a resolver gives it
 * @param allow CIDR ranges
 */
export function judgeAddress(address: string, allow: readonly string[]): Verdict {
  const parsed = parseAddress(address)
  if (!parsed) return { refused: 'an unreadable' }
  const plain = unwrap(parsed)
  for (const range of ranges(
    undefined,
    allow.map((text) => [text, '']),
  )) {
    if (isWithin(parsed, range) || isWithin(plain, range)) return 'allowed'
  }
  const table = plain.version === 4 ? refused4 : refused6
  const found = table.find((range) => isWithin(plain, range))
  if (found) return { refused: found.what }
  if (plain.version === 6 && !isWithin(plain, globalUnicast[0]!)) return { refused: 'a reserved' }
  return 'public'
}

const local: ReadonlySet<string> = new Set(['a private', 'a loopback', 'a link-local'])

/** Whether an address is the machine's own or of a network behind one: loopback, private, link-local, CGNAT. */
export function isLocal(address: string): boolean {
  const verdict = judgeAddress(address, [])
  return typeof verdict === 'object' && local.has(verdict.refused)
}

type Address = { version: 4 | 6; value: bigint }

function parseAddress(text: string): Address | undefined {
  const version = isIP(text)
  if (version === 0 || text.includes('%')) return undefined
  if (version === 4)
    return { version, value: text.split('.').reduce((sum, part) => (sum << 8n) | BigInt(part), 0n) }
  // The WHATWG parser writes every spelling the same way, embedded IPv4 included.
  const [head = '', tail] = new URL(`http://[${text}]`).hostname.slice(1, -1).split('::')
  const groupsOf = (part: string) => (part === '' ? [] : part.split(':'))
  const before = groupsOf(head)
  const after = tail === undefined ? [] : groupsOf(tail)
  const zeros: string[] = Array.from({ length: 8 - before.length - after.length }, () => '0')
  const groups = [...before, ...zeros, ...after]
  return { version: 6, value: groups.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n) }
}

function unwrap(address: Address): Address {
  const isEmbedded = embedding.some((range) => isWithin(address, range))
  return isEmbedded ? { version: 4, value: address.value & 0xffff_ffffn } : address
}

function ranges(version: 4 | 6 | undefined, list: [string, string][]): Range[] {
  return list.flatMap(([text, what]) => {
    const [, start = '', bits = ''] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? []
    const address = parseAddress(start)
    if (!address || (version !== undefined && address.version !== version)) return []
    if (Number(bits) > (address.version === 4 ? 32 : 128)) return []
    return [{ version: address.version, start: address.value, bits: Number(bits), what }]
  })
}

function isWithin(address: Address, range: Range): boolean {
  if (address.version !== range.version) return false
  const rest = BigInt((range.version === 4 ? 32 : 128) - range.bits)
  return address.value >> rest === range.start >> rest
}
