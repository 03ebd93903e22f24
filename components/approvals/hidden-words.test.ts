import { expect, it } from 'vitest'
import type { SeenApproval } from '@/lib/approvals/schemas'
import { hiddenWords } from './hidden-words'

const listed = (text: string) => hiddenWords({ params_start: { text, bytes: 9_000 } } as SeenApproval)
const whole = (to: string) => hiddenWords({ params: { to } } as unknown as SeenApproval)

it('says of the beginning and of all params what hides in them', () => {
  expect(listed('{"to":"pay\u202Epal')).toBe('Hidden characters')
  expect(listed('{"to":"p\u0430ypal')).toBe('Mixed scripts')
  expect(whole('pay\u202Epal')).toBe('Hidden characters')
  expect(whole('p\u0430ypal')).toBe('Mixed scripts')
  expect(listed('{"to":"paypal')).toBeNull()
  expect(whole('paypal')).toBeNull()
})
