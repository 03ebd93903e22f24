import type { ReactNode } from 'react'

export const approveAgainstPolicy = (tool: ReactNode) => <>Approve {tool} against its policy?</>
export const mayRunItOnce = (agent: string) =>
  `${agent} may then run it once, with exactly the params shown, within 15 minutes.`
export const othersAreNotWaitedFor = 'Whoever else the policy wants to decide is not waited for.'
export const everybodyIsTold =
  'Everybody who may decide is told at once, owners by mail. The approval is marked for good, and your reason stands in the audit log.'
export const typeTool = (tool: string) => `Type ${tool}`
export const typeToolExactly = (tool: string) => `Type ${tool}, letter by letter.`
export const whyThisCannotWait = 'Why this cannot wait'
export const reasonHint = 'At least 20 characters.'
export const approveByBreakGlass = 'Approve by break-glass'
