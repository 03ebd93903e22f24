import type { ReactNode } from 'react'
import { verbs } from './meanwhile'

export const toldWhatToChange = (agent: string) =>
  `It will not run. ${agent} is told what to change, goes on, and may ask again in its place.`
export const willNotRun = (consequence: string) => `It will not run. ${consequence}.`
const withChanges = (count: number) =>
  count === 0 ? '' : count === 1 ? ' with 1 change' : ` with ${count} changes`
export const withValue = (what: ReactNode, name: string, value: ReactNode) => (
  <>
    {what} with {name} {value}
  </>
)
export const mayRunOnce = (agent: string, isChanged: boolean) =>
  `${agent} may then run it once, with exactly the ${isChanged ? 'changed params' : 'params above'}, within 15 minutes.`
export const onceAllApproved = (consequence: string) =>
  `Once all have approved who are needed, ${consequence}`
export const busy = { approve: 'Approving…', reject: 'Rejecting…', request_changes: 'Sending…' }

type Kind = 'approve' | 'reject' | 'request_changes'
const answers = { approve: 'approve', reject: 'reject', request_changes: 'changes' }
export const question = (kind: Kind, what: ReactNode, changes: number) => (
  <>
    {verbs[kind]} {what}
    {kind === 'approve' && withChanges(changes)}?
  </>
)
export const confirm = (kind: Kind, changes: number) =>
  kind === 'approve' && changes > 0 ? `Approve${withChanges(changes)}` : `Confirm ${answers[kind]}`
export const confirmWhat = (kind: Kind, what: string, changes: number) =>
  `Confirm ${answers[kind]} ${what}${kind === 'approve' ? withChanges(changes) : ''}`
