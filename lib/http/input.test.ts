import { expect, test } from 'vitest'
import { z } from 'zod'
import { pageQuery } from './input'

test('what was no UTF-8 in a page’s address is left out, and named', () => {
  const schemas = { q: z.string(), agent: z.string(), tool: z.string() }
  const search = { ...Object.fromEntries(new URLSearchParams('q=%ff&agent=a%ED%A0%80')), tool: 'pay' }
  expect(pageQuery(schemas, search)).toEqual({ query: { tool: 'pay' }, leftOut: ['q', 'agent'] })
})
