import type { ReactNode } from 'react'

export const heldForApproval = 'Held for approval'
export const entry = 'Entry'
export const condition = 'Condition'
export const noCondition = 'none'
export const outcome = 'Outcome'
export const alwaysHolds = 'always holds, without a condition'
export const conditionIsTrue = 'the condition is true'
export const couldNotBeEvaluated = 'could not be evaluated'
export const runsWithoutApproval = 'Runs without approval'
export const noEntryNames = (tool: ReactNode) => <>No entry names {tool}.</>
export const isFalse = (condition: ReactNode, tool: ReactNode) => (
  <>
    {condition} <span className="text-muted">of</span> {tool} <span className="text-muted">is false.</span>
  </>
)
