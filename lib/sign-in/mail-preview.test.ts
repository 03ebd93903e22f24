import { expect, test } from 'vitest'
import { composeSignIn } from '@/lib/notices/compose'
import { previewHtml, styleNonce } from './mail-preview'

test('moves style attributes into a sheet with the nonce', () => {
  expect(
    previewHtml('<p style="color:red;font-family:&#x27;A&#x27;">x</p><b style="margin:0">y</b>', 'n0nce=='),
  ).toBe(
    '<style nonce="n0nce==">[data-style="0"]{color:red;font-family:\'A\'}\n[data-style="1"]{margin:0}</style>' +
      '<p data-style="0">x</p><b data-style="1">y</b>',
  )
})

test('a style cannot end its rule or the sheet, nor a nonce its attribute', () => {
  const html = previewHtml(
    '<p style="color:red}*{display:none}&lt;/style&gt;&lt;script&gt;">x</p>',
    'a"><script>',
  )
  expect(html).toBe(
    '<style nonce="ascript">[data-style="0"]{color:red*display:none/stylescript}</style><p data-style="0">x</p>',
  )
})

test('leaves no style attribute of our mails behind', async () => {
  const { html } = await composeSignIn({
    email: 'a@example.com',
    url: 'http://localhost:3000/x',
    minutes: 15,
  })
  expect(html).toMatch(/ style="/)
  expect(previewHtml(html, 'n')).not.toMatch(/ style="/)
})

test.each([
  ["default-src 'self'; style-src 'self' 'nonce-abc='; img-src x", 'abc='],
  ["style-src 'self' 'unsafe-inline'; script-src 'nonce-x'", ''],
  [null, ''],
])('the style nonce of %j is %j', (policy, nonce) => {
  expect(styleNonce(policy)).toBe(nonce)
})
