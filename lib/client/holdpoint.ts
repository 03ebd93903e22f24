import { connect, type Holdpoint, type Options } from './connect.ts'
import { Life } from './life.ts'

export {
  Indeterminate,
  Problem,
  Refused,
  Rejected,
  StaleCheckpoint,
  ToolError,
  Unavailable,
} from './errors.ts'
export { neverRan } from './outcome.ts'
export type { BatchCall } from './batch.ts'
export type { Asked, AskOptions, Event } from './call.ts'
export type { Checkpoint } from './checkpoint.ts'
export type { Holdpoint, Options, StartRun } from './connect.ts'
export type { Execute, GateOptions, Outcome, ReleasedCall } from './outcome.ts'
export type { Result } from './result.ts'
export type { GatedOptions, Run } from './run.ts'
export type { Approval } from './approval.ts'
export type { Decision, Edited, Me, Next, NotRequired, RunRecord, ToolCall } from './types.ts'

const life = new Life()

/**
 * A client of one Holdpoint.
 * @throws TypeError where address or key are missing or none
 */
export function holdpoint(options: Options = {}): Holdpoint {
  return connect(options, life)
}
