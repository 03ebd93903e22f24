import { describe, expect, test } from 'vitest'
import { isLocal, judgeAddress } from './address'

const loopback = 'a loopback'
const refused: [string, string][] = [
  ['127.0.0.1', loopback],
  ['127.255.255.254', loopback],
  ['0.0.0.0', 'a reserved'],
  ['0.1.2.3', 'a reserved'],
  ['10.0.0.1', 'a private'],
  ['172.16.0.1', 'a private'],
  ['172.31.255.255', 'a private'],
  ['192.168.1.1', 'a private'],
  ['100.64.0.1', 'a private'],
  ['100.127.255.255', 'a private'],
  ['100.100.100.200', 'a private'],
  ['169.254.169.254', 'a link-local'],
  ['168.63.129.16', 'a cloud metadata'],
  ['192.0.0.192', 'a reserved'],
  ['192.0.2.1', 'a reserved'],
  ['192.88.99.1', 'a reserved'],
  ['198.18.0.1', 'a reserved'],
  ['198.51.100.1', 'a reserved'],
  ['203.0.113.9', 'a reserved'],
  ['224.0.0.1', 'a multicast'],
  ['239.255.255.250', 'a multicast'],
  ['240.0.0.1', 'a reserved'],
  ['255.255.255.255', 'a reserved'],
  ['::', 'a reserved'],
  ['::1', loopback],
  ['0:0:0:0:0:0:0:1', loopback],
  ['::127.0.0.1', 'a reserved'],
  ['::7f00:1', 'a reserved'],
  ['::ffff:127.0.0.1', loopback],
  ['::ffff:7f00:1', loopback],
  ['::FFFF:10.1.2.3', 'a private'],
  ['0:0:0:0:0:ffff:a9fe:a9fe', 'a link-local'],
  ['::ffff:0:127.0.0.1', 'a reserved'],
  ['64:ff9b::127.0.0.1', loopback],
  ['64:ff9b::a9fe:a9fe', 'a link-local'],
  ['64:ff9b:1::1', 'a reserved'],
  ['2002:7f00:1::', 'a tunnel'],
  ['2002:808:808::1', 'a tunnel'],
  ['2001::1', 'a reserved'],
  ['2001:db8::1', 'a reserved'],
  ['3fff::1', 'a reserved'],
  ['5f00::1', 'a reserved'],
  ['100::1', 'a reserved'],
  ['fc00::1', 'a private'],
  ['fd00:ec2::254', 'a private'],
  ['fdff:ffff::1', 'a private'],
  ['fe80::1', 'a link-local'],
  ['febf::1', 'a link-local'],
  ['fec0::1', 'a private'],
  ['ff02::1', 'a multicast'],
  ['fe80::1%eth0', 'an unreadable'],
  ['::1%lo', 'an unreadable'],
  ['localhost', 'an unreadable'],
  ['0x7f000001', 'an unreadable'],
  ['127.1', 'an unreadable'],
  ['', 'an unreadable'],
]

describe('judgeAddress', () => {
  test.each(refused)('refuses %s as %s address', (address, what) => {
    expect(judgeAddress(address, [])).toEqual({ refused: what })
  })

  test.each([
    '1.1.1.1',
    '8.8.8.8',
    '172.15.0.1',
    '172.32.0.1',
    '100.63.0.1',
    '100.128.0.1',
    '169.253.1.1',
    '192.0.1.1',
    '223.255.255.255',
    '2606:4700::1',
    '2a00:1450::1',
    '::ffff:8.8.8.8',
    '64:ff9b::808:808',
  ])('lets %s through', (address) => {
    expect(judgeAddress(address, [])).toBe('public')
  })

  test.each([
    ['127.0.0.1', ['127.0.0.0/8']],
    ['::ffff:127.0.0.1', ['127.0.0.0/8']],
    ['64:ff9b::7f00:1', ['127.0.0.0/8']],
    ['::1', ['::1/128']],
    ['fd00::5', ['10.0.0.0/8', 'fd00::/8']],
    ['10.2.3.4', ['10.2.3.4/32']],
    ['8.8.8.8', ['0.0.0.0/0']],
    ['2606:4700::1', ['::/0']],
  ])('takes %s where the operator names %j', (address, allow) => {
    expect(judgeAddress(address, allow)).toBe('allowed')
  })

  test.each([
    ['127.0.0.1', ['10.0.0.0/8', '127.0.0.2/32', 'fd00::/8']],
    ['::1', ['127.0.0.0/8']],
    ['10.0.0.1', ['10.0.0.2/31']],
    ['127.0.0.1', ['::/0', '::ffff:0:0/96']],
    ['127.0.0.1', ['nonsense', '127.0.0.1', '127.0.0.1/', '127.0.0.1/33', '127.0.0.0/8/8', '']],
  ])('keeps refusing %s where the operator names %j', (address, allow) => {
    expect(judgeAddress(address, allow)).toHaveProperty('refused')
  })
})

test.each([
  ['127.0.0.1', true],
  ['10.1.2.3', true],
  ['172.17.0.1', true],
  ['192.168.1.1', true],
  ['169.254.1.1', true],
  ['100.64.0.1', true],
  ['::1', true],
  ['fd12::1', true],
  ['fe80::1', true],
  ['172.32.0.1', false],
  ['100.128.0.1', false],
  ['203.0.113.9', false],
  ['8.8.8.8', false],
  ['2606:4700::1', false],
  ['2001:db8::1', false],
])('%s is local: %j', (address, answer) => {
  expect(isLocal(address)).toBe(answer)
})
