import { describe, expect, test } from 'vitest'
import { callerNetwork, clientAddress, trustedProxies } from './client-address'

const nobody = trustedProxies([])
const named = trustedProxies([
  '10.0.0.0/8',
  '192.0.2.7',
  'fd00::/8',
  '2001:db8::5',
  '::ffff:198.51.100.0/120',
])

describe('without a trusted proxy the connection’s address counts, whatever the header says', () => {
  test.each([
    ['203.0.113.9', undefined, '203.0.113.9'],
    ['203.0.113.9', '1.1.1.1', '203.0.113.9'],
    ['127.0.0.1', '1.1.1.1, 2.2.2.2', '127.0.0.1'],
    ['::ffff:203.0.113.9', '1.1.1.1', '203.0.113.9'],
    ['::FFFF:cb00:7109', null, '203.0.113.9'],
    ['2001:DB8:0:0:0:0:0:9', null, '2001:db8::9'],
    ['fe80::1%eth0', null, 'fe80::1'],
    [undefined, '1.1.1.1', null],
    ['', '1.1.1.1', null],
    ['not an address', '1.1.1.1', null],
  ])('%j with %j: %j', (peer, header, address) => {
    expect(clientAddress(peer, header, nobody)).toBe(address)
    if (peer === '203.0.113.9') expect(clientAddress(peer, header, named)).toBe(address)
  })
})

describe('through trusted proxies it is the nearest stranger’s', () => {
  test.each([
    ['no header', '10.1.2.3', undefined, '10.1.2.3'],
    ['an empty one', '10.1.2.3', ' , ,', '10.1.2.3'],
    ['one hop', '10.1.2.3', '203.0.113.9', '203.0.113.9'],
    [
      'what the stranger wrote himself stands left',
      '10.1.2.3',
      '10.9.9.9, 1.1.1.1, 203.0.113.9',
      '203.0.113.9',
    ],
    ['two trusted hops', '10.1.2.3', '1.1.1.1, 203.0.113.9, 192.0.2.7', '203.0.113.9'],
    ['a neighbour of a named address', '10.1.2.3', '203.0.113.9, 192.0.2.8', '192.0.2.8'],
    ['all trusted', '10.1.2.3', '10.0.0.1, 10.0.0.2', '10.0.0.1'],
    ['a mapped peer', '::ffff:10.1.2.3', '203.0.113.9', '203.0.113.9'],
    ['a mapped hop', '10.1.2.3', '203.0.113.9, ::ffff:c000:207', '203.0.113.9'],
    ['a range written as mapped', '198.51.100.4', '203.0.113.9', '203.0.113.9'],
    ['IPv6', 'fd12::1', '2001:db8::77, 2001:DB8::0005', '2001:db8::77'],
    ['ports', '10.1.2.3', '[2001:db8::77]:443, 192.0.2.7:8080', '2001:db8::77'],
    ['garbage ends the walk', '10.1.2.3', '203.0.113.9, unknown', '10.1.2.3'],
    ['garbage behind a hop', '10.1.2.3', '203.0.113.9, _hidden, 192.0.2.7', '192.0.2.7'],
    ['an octal spelling', '10.1.2.3', '0313.0.113.9', '10.1.2.3'],
    ['something endless', '10.1.2.3', 'a'.repeat(16_000), '10.1.2.3'],
    ['an address with a tail', '10.1.2.3', `203.0.113.9${' '.repeat(50)}x`, '10.1.2.3'],
    ['line breaks', '10.1.2.3', '203.0.113.9\r\nx: y', '10.1.2.3'],
    ['too many hops', '10.1.2.3', ['1.1.1.1', ...Array<string>(20).fill('10.0.0.9')].join(','), '10.0.0.9'],
  ])('%s', (_, peer, header, address) => {
    expect(clientAddress(peer, header, named)).toBe(address)
  })

  test('never longer than 45 characters', () => {
    const longest = '1111:2222:3333:4444:5555:6666:123.123.123.123'
    expect(longest).toHaveLength(45)
    expect(clientAddress('10.1.2.3', longest, named)).toBe('1111:2222:3333:4444:5555:6666:7b7b:7b7b')
  })
})

test.each([
  ['203.0.113.9', '203.0.113.9'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8::9', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
])('%s is counted under %s', (address, network) => {
  expect(callerNetwork(address)).toBe(network)
})

test('an IPv6 site is a network of 48 bits', () => {
  expect(callerNetwork('2001:db8:1:2:3:4:5:6', 48)).toBe('2001:db8:1::/48')
  expect(callerNetwork('203.0.113.9', 48)).toBe('203.0.113.9')
})
