import { expect, test } from 'vitest'
import { safeReturnTo } from './return-to'

const refused: [string, unknown][] = [
  ['nothing', undefined],
  ['an empty text', ''],
  ['a list', ['/demo']],
  ['a word', 'demo'],
  ['a full address', 'https://evil.example'],
  ['our own scheme', 'http://holdpoint.invalid/x'],
  ['a script', 'javascript:alert(1)'],
  ['a data address', 'data:text/html,x'],
  ['two slashes', '//evil.example'],
  ['three slashes', '///evil.example'],
  ['a backslash', '/\\evil.example'],
  ['a backslash first', '\\/evil.example'],
  ['two backslashes', '\\\\evil.example'],
  ['a backslash inside', '/demo\\..\\x'],
  ['a tab between slashes', '/\t/evil.example'],
  ['a line break between slashes', '/\n/evil.example'],
  ['a carriage return', '/\r/evil.example'],
  ['a blank first', ' /demo'],
  ['a blank first, two slashes', ' //evil.example'],
  ['a NUL', '/\0/evil.example'],
  ['an escape character', '/\u001b/x'],
  ['a right-to-left override', '/\u202e/demo'],
  ['a zero-width space', '/\u200b/evil'],
  ['a header after a line break', '/demo\r\nSet-Cookie: a=b'],
  ['dots that climb to two slashes', '/x/..//evil.example'],
  ['dots that climb, escaped', '/x/%2e%2e//evil.example'],
  ['a user and host', '//user@evil.example/'],
  ['an unclosed host', '//['],
  ['2,001 characters', `/${'a'.repeat(2000)}`],
  ['the sign-in page', '/sign-in?return_to=%2Fdemo'],
  ['the sign-in page by dots', '/demo/../sign-in'],
  ['the set-up page', '/setup?code=x'],
  ['the API', '/api/auth/signout'],
]

test.each(refused)('%s goes to /', (_, wanted) => {
  expect(safeReturnTo(wanted)).toBe('/')
})

test.each([
  ['/', '/'],
  ['/demo/approvals', '/demo/approvals'],
  ['/demo/approvals?approval=apr_1&q=a%20b#top', '/demo/approvals?approval=apr_1&q=a%20b#top'],
  ['/demo?next=https://evil.example', '/demo?next=https://evil.example'],
  ['/demo/%2F%2Fevil.example', '/demo/%2F%2Fevil.example'],
  ['/apis', '/apis'],
  ['/invite/copy-abc', '/invite/copy-abc'],
])('%s stays', (wanted, goesTo) => {
  expect(safeReturnTo(wanted)).toBe(goesTo)
})

test('whatever comes out stays on the host that serves it', () => {
  const pieces = [
    '/',
    '\\',
    '\t',
    '\n',
    '//',
    '..',
    '.',
    '%2f',
    '@',
    ':',
    'evil.example',
    '?',
    '#',
    ' ',
    'demo',
    '\u00a0',
    '[',
  ]
  let seed = 7
  const next = () => (seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31)
  for (let i = 0; i < 20_000; i++) {
    const wanted = Array.from({ length: 1 + (next() % 7) }, () => pieces[next() % pieces.length]).join('')
    const { origin } = new URL(safeReturnTo(wanted), 'https://hold.example')
    expect({ wanted, origin }).toEqual({ wanted, origin: 'https://hold.example' })
  }
})
