import type { ReactNode } from 'react'

export const aReviewer = 'A reviewer'
export const byTheApi = ', by the API'
export const atAnMcpClient = ', at an MCP client'
export const breakGlass = 'Break-glass'
export const nobodyDecided = (ago: ReactNode) => <>Nobody decided before the deadline {ago}</>
export const refusedWithoutAsking = 'Refused without asking: a person rejected the same call in this run'
export const waitingForADecision = 'Waiting for a decision'
export const reasonBefore = 'Reason:'
export const afterSpan = (span: string) => `, after ${span}`
export const withdrawn = 'Withdrawn'
export const withdrawnAfter = (span: string) => `Withdrawn after ${span}`

const outcomes = { approve: 'Approved', reject: 'Rejected', request_changes: 'Changes asked for' }
export const outcomeBy = (kind: keyof typeof outcomes, who: ReactNode, ago: ReactNode) => (
  <>
    {outcomes[kind]} by {who} {ago}
  </>
)
