/** How long an approval may be claimed after the decision. */
export const grantMinutes = 15
export const grantMs = grantMinutes * 60_000

export type Status = 'pending' | 'approved' | 'rejected' | 'expired' | 'cancelled'

/** What a person, the clock, or the agent does to an approval. */
export type Change = 'approve' | 'reject' | 'request_changes' | 'expire' | 'cancel'

/** The part of a locked row that decides what may happen to it. */
export type ApprovalState = { status: Status; expiresAt: Date }

export type Outcome =
  | { kind: 'change'; status: Exclude<Status, 'pending'> }
  /** The deadline passed before anybody came: whatever was wanted, it expires now. */
  | { kind: 'expire_instead' }
  /** It already left `pending`; nothing changes. */
  | { kind: 'refuse'; status: Exclude<Status, 'pending'> }
  /** Only for `expire`: the deadline has not passed. */
  | { kind: 'too_early' }

const statusAfter = {
  approve: 'approved',
  reject: 'rejected',
  request_changes: 'rejected',
  expire: 'expired',
  cancel: 'cancelled',
} as const

/**
 * The one rule of what becomes of an approval.
 * @param now the database's clock, read after the row was locked. At the deadline itself it is too late.
 */
export function transition(state: ApprovalState, change: Change, now: Date): Outcome {
  if (state.status !== 'pending') return { kind: 'refuse', status: state.status }
  const isDue = now.getTime() >= state.expiresAt.getTime()
  if (change === 'expire') return isDue ? { kind: 'change', status: 'expired' } : { kind: 'too_early' }
  if (isDue) return { kind: 'expire_instead' }
  return { kind: 'change', status: statusAfter[change] }
}

export type Claimable = {
  status: Status
  expiresAt: Date
  resolvedAt: Date | null
  claimedAt: Date | null
  runFinished: boolean
}

export type ClaimRefusal =
  'not_approved' | 'run_finished' | 'params_mismatch' | 'already_claimed' | 'grant_expired'

/**
 * Whether one use of an approval is granted: state is judged first, then params, then use.
 * @param now the database's clock, read after the row was locked
 * @returns null where the claim is granted
 */
export function refuseClaim(row: Claimable, isSameCall: boolean, now: Date): ClaimRefusal | null {
  if (row.status !== 'approved') return 'not_approved'
  if (row.runFinished) return 'run_finished'
  if (!isSameCall) return 'params_mismatch'
  if (row.claimedAt !== null) return 'already_claimed'
  return isWithinGrant(row, now) ? null : 'grant_expired'
}

function isWithinGrant({ resolvedAt }: Pick<Claimable, 'resolvedAt'>, now: Date): boolean {
  return resolvedAt !== null && now.getTime() < resolvedAt.getTime() + grantMs
}

/**
 * Whether what was claimed was claimed by this very id, and may be told so again: while the grant lives and nobody has
 * told what became of the call.
 * @param hash of the id that is shown; null where there is none
 */
export function isSameClaim(
  row: Claimable & { claimHash: string | null; resultStatus: string | null },
  hash: string | null,
  now: Date,
): boolean {
  return hash !== null && row.claimHash === hash && row.resultStatus === null && isWithinGrant(row, now)
}
