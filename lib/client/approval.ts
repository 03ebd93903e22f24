import type { Approval as Told, RecordedCall } from './types.ts'

/** How a reviewer changed the params before approving them. */
export type Edited = {
  requested_params: Record<string, unknown>
  requested_digest: string
  by: { id: string; name: string | null; email: string }
  at: string
  reason: string | null
  changes: { pointer: string; from?: unknown; to?: unknown }[]
}

/** A held call; `params` are always those that may run. */
export type Approval = Told & {
  edited?: Edited | null
  /** In the answer to an ask, as are the next. */
  replayed?: boolean
  call?: RecordedCall | null
}
