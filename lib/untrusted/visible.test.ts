import { expect, it } from 'vitest'
import { visible } from './visible'

it('leaves what can be seen', () => {
  expect(visible(' As agreed,\n 返金\u200b ')).toBe('Asagreed,返金')
  expect(visible(' \u200b\u2060\u00ad\u3164\ufe0f\u{e0061}\u202e')).toBe('')
})
