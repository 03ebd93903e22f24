import type { Approval as Told, RecordedCall } from './types.ts'

/** A held call; `params` are always those that may run. */
export type Approval = Told & {
  /** In the answer to an ask, as is the next. */
  replayed?: boolean
  call?: RecordedCall | null
}
