import { describe, expect, it } from 'vitest'
import { openSeats } from '@/components/approvals/open-seats'
import { needsAndProgressOf, needsOf } from './needs'
import type { Approval } from './schemas'

type Asked = Pick<Approval, 'requirement' | 'progress'>
type Clause = [from: string, approvals: number, needed: number]

function asked(mode: 'any_of' | 'all_of', clauses: Clause[], leads: string[] = []): Asked {
  return {
    requirement: {
      rules: [
        {
          rule: { tool: 'pay', condition: null },
          [mode]: clauses.map(([from, , needed]) => ({ from: [from], approvals: needed, rejections: 1 })),
        },
      ],
      exclude: [],
      reason: 'optional',
      escalate: leads.map((to) => ({ at: '2026-11-30T10:00:00.000Z', to: [to], reached: to !== 'board' })),
      max_extension: 0,
    },
    progress: {
      text: '',
      rules: [
        {
          met: mode === 'all_of' ? clauses.every(isFull) : clauses.some(isFull),
          clauses: clauses.map(([, approvals, needed]) => ({ approvals, needed })),
        },
      ],
    },
  }
}

const isFull = ([, approvals, needed]: Clause) => approvals >= needed

describe('what is still needed', () => {
  it.each<[string, Asked, string, number]>([
    ['nothing that the policy says', { requirement: null, progress: null }, '', 0],
    ['one of two', asked('any_of', [['finance', 1, 2]]), 'Needs 1 more of finance.', 1],
    [
      'two, or one alone',
      asked('any_of', [
        ['finance', 0, 2],
        ['cfo@acme.eu', 0, 1],
      ]),
      'Needs 2 of finance or 1 of cfo@acme.eu.',
      1,
    ],
    [
      'each of several',
      asked('all_of', [
        ['legal', 1, 1],
        ['finance', 0, 2],
      ]),
      'Needs 2 more of finance.',
      2,
    ],
    [
      'those too to whom it has escalated',
      asked('any_of', [['finance', 0, 1]], ['leads', 'board']),
      'Needs 1 of finance or leads.',
      1,
    ],
    ['nothing any more', asked('any_of', [['finance', 2, 2]]), 'Nothing is missing.', 0],
  ])('%s', (_name, approval, words, seats) => {
    expect(needsOf(approval)).toBe(words)
    expect(openSeats(approval)).toBe(seats)
  })
})

it('says how far it has come once somebody approved', () => {
  const begun = asked('any_of', [['finance', 1, 2]])
  const told = { ...begun, progress: begun.progress && { ...begun.progress, text: '1 of 2 from finance' } }
  expect(needsAndProgressOf(told)).toBe('Needs 1 more of finance. Approved so far: 1 of 2 from finance.')
  expect(needsAndProgressOf(asked('any_of', [['finance', 0, 2]]))).toBe('Needs 2 of finance.')
  expect(needsAndProgressOf({ requirement: null, progress: null })).toBe('')
})
