import type { ApprovalRecord } from '@/db/queries/approvals'
import type { RunStatus } from '@/db/queries/runs'
import type { LinkBase } from '@/lib/paths'
import { isFinished } from '@/lib/runs/statuses'
import { callStateToWire } from '@/lib/runs/wire'
import type { CallRow } from './call-rows'
import type { AskedApproval, NotRequired } from './schemas'
import { approvalToWire } from './wire'

/** What an answer tells of the call. */
export type AskedCall = Pick<
  CallRow,
  'runId' | 'toolCallId' | 'tool' | 'policyVersion' | 'resultStatus' | 'output' | 'error' | 'truncatedBytes'
>

type Known = {
  base: LinkBase
  call: AskedCall
  runStatus: RunStatus
  /** What holds the call; null where no rule asked for it. */
  approval: ApprovalRecord | null
  /** Whether the answer is that of an earlier ask with the same `tool_call_id`. */
  isReplay: boolean
}

/** What an ask came to. It is put into words only where `answer` is read, once all of it is known. */
export class Asked {
  constructor(private readonly known: Known) {}

  get isReplay(): boolean {
    return this.known.isReplay
  }

  get approval(): ApprovalRecord | null {
    return this.known.approval
  }

  /** The same, as its approval and its call stand by now. */
  since(approval: ApprovalRecord, call: AskedCall = this.known.call): Asked {
    return new Asked({ ...this.known, call, approval })
  }

  get answer(): AskedApproval | NotRequired {
    const { base, call, approval, isReplay: replayed } = this.known
    const state = { replayed, call: callStateToWire({ ...call, approval }) }
    if (approval) return { ...approvalToWire(approval, base), ...state }
    return {
      required: false,
      run_id: call.runId,
      tool_call_id: call.toolCallId,
      policy_version: call.policyVersion,
      next: this.nextWhereFree(),
      ...state,
    }
  }

  private nextWhereFree(): NotRequired['next'] {
    const { call, runStatus, isReplay } = this.known
    const { tool, resultStatus } = call
    if (resultStatus !== null)
      return { action: 'done', message: `${tool} ran and its result is recorded (${resultStatus}).` }
    if (isFinished(runStatus))
      return { action: 'done', message: `The run of ${tool} has ended; do not run it.` }
    const words = `No rule asks for approval of ${tool}.`
    return isReplay
      ? {
          action: 'execute',
          message: `${words} It was asked for before and no result is recorded: run it if you know that it did not run.`,
        }
      : { action: 'execute', message: `${words} Run it once.` }
  }
}
