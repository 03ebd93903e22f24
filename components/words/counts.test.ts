import { expect, test } from 'vitest'
import * as say from '@/words/ui/json-branch'

test('one is told as one, and thousands are parted', () => {
  expect([say.members(1), say.members(1200)]).toEqual(['1 member', '1,200 members'])
  expect([say.items(1), say.items(2)]).toEqual(['1 item', '2 items'])
  expect(say.itemsOf(1, 'order.lines')).toBe('1 item of order.lines')
})
