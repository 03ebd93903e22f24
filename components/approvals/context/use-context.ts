import type { ApprovalContext } from '@/lib/approvals/context/schemas'
import { api } from '@/lib/paths'
import { useRead } from '../../frame/use-read'

/** What is on record around a request, read beside its page; of one that was looked at before, at once what was read then. */
export function useContextOf(project: string, approval: string) {
  return useRead<ApprovalContext>(api.approvalContext(project, approval), {
    refreshMs: 0,
    isSteady: true,
  })
}
