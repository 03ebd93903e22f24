import { pgTable, text } from 'drizzle-orm/pg-core'
import { approvals } from './approvals'

/**
 * Which cues a request had when somebody who filters by them had it looked at. Most requests have no row: nothing is
 * looked at before anybody asks.
 */
export const approvalCues = pgTable('approval_cues', {
  approvalId: text('approval_id')
    .primaryKey()
    .references(() => approvals.id, { onDelete: 'cascade' }),
  /** Of the params that were looked at, where a reviewer had changed them; others are looked at again. */
  editedDigest: text('edited_digest'),
  /** Null where it could not be looked at. */
  kinds: text('kinds').array(),
})
