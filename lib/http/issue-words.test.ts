import { expect, test } from 'vitest'
import { z } from 'zod'
import { queryMoment, toolFilter } from '@/lib/query'
import { safeInput } from './input'

const one = { k: z.literal('one') }
const two = { k: z.literal('two') }

test.each<[string, z.ZodType, unknown, string]>([
  ['a missing field', z.string(), undefined, 'This field is required.'],
  ['a missing choice', z.enum(['a', 'b']), undefined, 'This field is required.'],
  ['a missing union', z.union([z.string(), z.null()]), undefined, 'This field is required.'],
  ['a number for a text', z.string(), 1, 'This must be a text, not a number.'],
  ['null for a list', z.array(z.string()), null, 'This must be a list, not null.'],
  ['a list for an object', z.record(z.string(), z.string()), [], 'This must be an object, not a list.'],
  ['a text for a switch', z.boolean(), 'true', 'This must be true or false, not a text.'],
  ['a part of a number', z.int(), 1.5, 'This must be a whole number.'],
  ['more than a double holds', z.number(), 2n ** 60n, 'This number is too large.'],
  ['neither of two', z.union([z.string(), z.null()]), 1, 'This must be a text or null, not a number.'],
  ['a text that is too long', z.string().max(3), 'abcd', 'This may have at most 3 characters.'],
  ['a list that is too long', z.array(z.string()).max(1), ['a', 'b'], 'This may have at most 1 item.'],
  ['an empty text', z.string().min(1), '', 'This must not be empty.'],
  ['a short text', z.string().min(2), 'a', 'This must have at least 2 characters.'],
  ['too much', z.number().max(5), 6, 'This may be at most 5.'],
  ['too little', z.number().min(1), 0, 'This must be at least 1.'],
  ['nothing of what is above', z.number().gt(0), 0, 'This must only be above 0.'],
  ['another text', z.literal('a'), 'b', 'This must be a.'],
  ['no choice', z.enum(['a', 'b']), 'c', 'This must be one of: a, b.'],
  [
    'no kind',
    z.discriminatedUnion('k', [z.object(one), z.object(two)]),
    { k: 'x' },
    'This must be one of: one, two.',
  ],
  [
    'no form',
    z.union([z.object(one), z.object(two)]),
    { k: 'x' },
    'This has none of the forms that are taken here.',
  ],
  ['no address', z.url(), 'a', 'This must be an address such as https://example.com.'],
  ['no e-mail', z.email(), 'a', 'This must be an e-mail address.'],
  ['another form', z.string().regex(/^a$/), 'b', 'This must match /^a$/.'],
  ['what the schema words itself', z.string('Say who.'), 1, 'Say who.'],
  ['a moment that is none, once', queryMoment, 'zzz', 'A time as RFC 3339, such as 2026-01-31T12:00:00Z.'],
  ['the name of a tool', toolFilter, 'x'.repeat(201), 'This may have at most 200 characters.'],
])('%s is refused in plain words', (_, schema, value, detail) => {
  const { error } = safeInput(z.object({ it: schema }), { it: value })
  expect(error?.errors?.map((issue) => issue.detail)).toEqual([detail])
})
