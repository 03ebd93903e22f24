import { expect, test } from 'vitest'
import { offersAt } from './complete-file'

const tools = ['mail.send', 'order_tools.process_refund']
const labels = (before: string) => offersAt(before, tools)?.options.map(({ label }) => label)

test('a file begins with its block, which lists tools', () => {
  expect(offersAt('name: refunds\nap', tools)).toEqual({
    from: 14,
    options: [{ label: 'approval', apply: 'approval:\n  tools:\n    - ' }],
  })
})

test('an entry is a tool that the agent calls', () => {
  expect(labels('approval:\n  tools:\n    - ')).toEqual(tools)
  expect(labels('approval:\n  tools:\n    - db_*\n    - order')).toEqual(tools)
  expect(labels('approval:\n  tools:\n  - ')).toEqual(tools)
  expect(offersAt('approval:\n  tools:\n    - mail.se', tools)?.from).toBe(
    'approval:\n  tools:\n    - '.length,
  )
  expect(offersAt('approval:\n  tools:\n    - ', [])).toBeNull()
})

test('the block has its settings, an entry its own and a condition', () => {
  const block = labels('approval:\n  tools:\n    - a\n  t')
  expect(block).toEqual(expect.arrayContaining(['tools', 'timeout', 'owners', 'on_rejection', 'repeat']))
  expect(block).not.toContain('when')
  const entry = labels('approval:\n  tools:\n    - db_*:\n        on')
  expect(entry).toEqual(expect.arrayContaining(['when', 'timeout', 'reviewers']))
  expect(entry).not.toContain('owners')
  expect(offersAt('approval:\n  tim', tools)?.options.find(({ label }) => label === 'timeout')?.apply).toBe(
    'timeout: ',
  )
})

test('a setting of a few words offers these', () => {
  expect(labels('approval:\n  on_rejection: ')).toEqual(['fail', 'continue'])
  expect(labels('approval:\n  tools:\n    - a:\n        self_approval: ne')).toEqual(['project', 'never'])
})

test.each([
  'approval:\n  timeout: ',
  'approval:\n  message: "a b',
  'other:\n  t',
  'approval:\n  reviewers:\n    all_of:\n      t',
  '# a note',
  'approval:\n  tools:\n    - a: param.x > 1',
])('offers nothing where it knows nothing: %j', (before) => {
  expect(offersAt(before, tools)).toBeNull()
})
