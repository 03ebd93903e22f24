import type { ApprovalRecord } from '@/db/queries/approvals'
import type { RunStatus } from '@/db/queries/runs'
import type { LinkBase } from '@/lib/paths'
import { isFinished } from '@/lib/runs/statuses'
import { callStateToWire } from '@/lib/runs/wire'
import type { CallRow } from './call-rows'
import type { Approval, AskedApproval, NotRequired } from './schemas'
import type { Start } from './start-call'
import { approvalToWire, runWords } from './wire'

/** What an answer tells of the call. */
export type AskedCall = Pick<
  CallRow,
  'runId' | 'toolCallId' | 'tool' | 'policyVersion' | 'resultStatus' | 'output' | 'error' | 'truncatedBytes'
>

type Known = {
  call: AskedCall
  run: { status: RunStatus }
  /** What holds the call, where a rule asked for it. */
  approval?: ApprovalRecord
  /** Who has started the call, where an earlier ask with the same `tool_call_id` is answered again and none did. */
  start?: Start
  /** Whether the approval is claimed by the id that this ask came with. */
  isClaimed?: boolean
}

/** What an ask came to. It is put into words only where `answer` is read, once all of it is known. */
export class Asked {
  /** @param isReplay whether the answer is that of an earlier ask with the same `tool_call_id` */
  constructor(
    private readonly base: LinkBase,
    private readonly known: Known,
    readonly isReplay: boolean,
  ) {}

  get approval(): ApprovalRecord | undefined {
    return this.known.approval
  }

  /** The same, as it stands by now. */
  since(now: Pick<Known, 'approval' | 'isClaimed'> & { call?: AskedCall | undefined }): Asked {
    const { call = this.known.call, ...rest } = now
    return new Asked(this.base, { ...this.known, ...rest, call }, this.isReplay)
  }

  get answer(): AskedApproval | NotRequired {
    const { call, approval } = this.known
    const state = {
      replayed: this.isReplay,
      call: callStateToWire({ approval: approval ?? null, ...call }),
    }
    if (approval) return Object.assign(this.approvalToWire(approval), state)
    return {
      required: false,
      run_id: call.runId,
      tool_call_id: call.toolCallId,
      policy_version: call.policyVersion,
      next: this.nextWhereFree(),
      ...state,
    }
  }

  private approvalToWire(record: ApprovalRecord): Approval {
    const approval = approvalToWire(record, this.base)
    if (!this.known.isClaimed) return approval
    return { ...approval, next: { action: 'execute', message: runWords(record, approval.edited, true) } }
  }

  private nextWhereFree(): NotRequired['next'] {
    const { call, run, start } = this.known
    const { tool, resultStatus } = call
    if (resultStatus !== null)
      return { action: 'done', message: `${tool} ran and its result is recorded (${resultStatus}).` }
    if (isFinished(run.status))
      return { action: 'done', message: `The run of ${tool} has ended; do not run it.` }
    if (start === 'other')
      return {
        action: 'done',
        message: `${tool} was started by another ask; nobody knows whether it ran, for no result is recorded.`,
      }
    const words = `No rule asks for approval of ${tool}.`
    return start === 'nobody'
      ? {
          action: 'execute',
          message: `${words} It was asked for before and no result is recorded: run it if you know that it did not run.`,
        }
      : { action: 'execute', message: `${words} Run it once.` }
  }
}
