import type { SeenApproval } from '@/lib/approvals/schemas'
import { ChangeList } from '../approvals/edit/change-list'
import { Faces } from '../approvals/people/faces'
import { Shelf } from './shelf'

const review: SeenApproval['reviews'][number] = {
  id: 'dec_1',
  decision: 'approve',
  reviewer: { id: 'usr_1', name: 'Ann Lee', email: 'ann@example.com' },
  on_behalf_of: null,
  reason: null,
  via: 'console',
  digest: 'sha256:',
  counts: true,
  why_not: null,
  at: '2026-11-30T10:00:00.000Z',
}

/** Votes on a request, and what an edit changes. */
export function Votes() {
  return (
    <>
      <Shelf title="Votes: given, rejected, not counted, open">
        <Faces
          open={2}
          reviews={[
            review,
            { ...review, id: 'dec_2', decision: 'reject', reviewer: { ...review.reviewer, name: 'Ben Ode' } },
            {
              ...review,
              id: 'dec_3',
              counts: false,
              why_not: 'was given on other params',
              reviewer: { ...review.reviewer, name: null },
            },
          ]}
        />
      </Shelf>
      <Shelf title="What an edit changes">
        <ChangeList
          label="What changes"
          changes={[
            { pointer: '/amount', from: 2400, to: 1200 },
            {
              pointer: '/note',
              from: 'Refund for the second parcel',
              to: 'Refund for the\u200b first parcel',
            },
            { pointer: '/items/0/qty', from: 12345678901234567890n, to: 12345678901234567891n },
            { pointer: '/tag', to: '2400' },
          ]}
        />
      </Shelf>
    </>
  )
}
