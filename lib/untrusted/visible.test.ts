import { expect, it } from 'vitest'
import { visible, visiblePattern } from './visible'

it('leaves what can be seen', () => {
  expect(visible(' As agreed,\n 返金\u200b ')).toBe('Asagreed,返金')
  expect(visible(' \u200b\u2060\u00ad\u3164\ufe0f\u{e0061}\u202e')).toBe('')
})

it('says in a schema what it says of texts', () => {
  const pattern = new RegExp(visiblePattern, 'u')
  const all = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code))
  // Unicode makes more characters that are not seen, by and by, and none fewer
  expect(all.filter((one) => !pattern.test(one) && visible(one) !== '')).toEqual([])
  const unseen = [' ', '\n', '\u0000', '\u00a0', '\u00ad', '\u200b', '\u2060', '\u3164', '\ufe0f', '\ufeff']
  expect(['', ...unseen].filter((one) => pattern.test(one.repeat(3)))).toEqual([])
})
