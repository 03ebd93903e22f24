import type { ReactNode } from 'react'

export const rejectWhat = (what: string) => `Reject ${what}`
export const rejectButton = 'Reject…'
export const requestChangesTo = (what: string) => `Request changes to ${what}`
export const changesButton = 'Changes…'
/** `strong` sets the words that it is given apart. */
type Strong = (text: string) => ReactNode
export const cannotBeApproved = (agent: string, strong: Strong) => (
  <>
    {strong('Cannot be approved')} while {agent} is paused.
  </>
)
export const ifApproved = (
  agent: string,
  { needsAll, isChanged }: { needsAll: boolean; isChanged: boolean },
  strong: Strong,
) => (
  <>
    {strong('If approved')} {needsAll && 'by all that are needed, '}
    {agent} runs it once, with exactly {isChanged ? 'the changed' : 'these'} params, within 15 minutes.
  </>
)
export const ifRejected = {
  fail: (strong: Strong) => <>{strong('If rejected')} the run fails and its other requests are withdrawn.</>,
  continue: (strong: Strong) => <>{strong('If rejected')} the agent is told and goes on without it.</>,
}
const withChanges = (count: number) =>
  count === 0 ? '' : count === 1 ? ' with 1 change' : ` with ${count} changes`
export const approveWhat = (what: string, changes: number) => `Approve ${what}${withChanges(changes)}`
export const approveButton = (changes: number) => `Approve${withChanges(changes)}…`
