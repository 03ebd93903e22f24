import type { ReactNode } from 'react'

export const mayRunOnceAsAbove = (agent: ReactNode, tool: ReactNode) => (
  <>
    {agent} may then run {tool} once, with exactly the params above, within 15 minutes.
  </>
)
export const reason = 'Reason'
export const busy = { approve: 'Approving…', reject: 'Rejecting…', request_changes: 'Sending…' }
export const toolWillNotRun = (tool: ReactNode, consequence: string) => (
  <>
    {tool} will not run. {consequence}.
  </>
)

type Kind = 'approve' | 'reject' | 'request_changes'
const verbs = { approve: 'Approve', reject: 'Reject', request_changes: 'Request changes to' }
const answers = { approve: 'approve', reject: 'reject', request_changes: 'changes' }
export const decide = (kind: Kind, tool: string) => `${verbs[kind]} ${tool}`
export const confirm = (kind: Kind, tool: string) => `Confirm ${answers[kind]} ${tool}`
