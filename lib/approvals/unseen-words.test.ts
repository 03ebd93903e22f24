import { expect, it } from 'vitest'
import { PauseInput } from '@/lib/pause/schemas'
import { CommentInput } from './comment-schemas'
import { extendVerb } from './extend'
import { DecideInput } from './schemas'

it.each([
  ['a pause', PauseInput, (reason: string) => ({ reason })],
  ['a comment', CommentInput, (body: string) => ({ body })],
  ['more time', extendVerb.def.input, (reason: string) => ({ by_seconds: 60, reason })],
  ['break-glass', DecideInput, (reason: string) => ({ decision: 'approve', override: { reason } })],
] as const)('words that nobody sees are none for %s', (_what, schema, input) => {
  expect(schema.safeParse(input('The customer called twice.')).success).toBe(true)
  expect(schema.safeParse(input(` ${'\u200b\u2060\u3164'.repeat(10)} `)).success).toBe(false)
})
