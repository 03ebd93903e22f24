import { expect, it } from 'vitest'
import { DecideFromPage } from './from-page'

it.each([
  ['no digest', { id: 'apr_1', decision: 'approve' }],
  ['an empty digest', { id: 'apr_1', decision: 'approve', digest: '' }],
  ['another decision', { id: 'apr_1', decision: 'maybe', digest: 'sha256:0' }],
  ['a field of its own', { id: 'apr_1', decision: 'approve', digest: 'sha256:0', approved: true }],
  [
    'a reason that is too long',
    { id: 'apr_1', decision: 'reject', digest: 'sha256:0', reason: 'x'.repeat(4097) },
  ],
])('refuses a decision with %s', (_, input) => expect(DecideFromPage.safeParse(input).success).toBe(false))
