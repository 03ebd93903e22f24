import useSWR from 'swr'
import type { ApprovalContext } from '@/lib/approvals/context/schemas'
import { api } from '@/lib/paths'

/** What is on record around a request, read beside its page; of one that was looked at before, at once what was read then. */
export function useContextOf(project: string, approval: string) {
  return useSWR<ApprovalContext, Error>(api.approvalContext(project, approval), {
    refreshInterval: 0,
    revalidateOnFocus: false,
  })
}
