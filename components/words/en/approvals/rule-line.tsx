import type { ReactNode } from 'react'

export const rule = 'Rule'
export const couldNotBeEvaluated = 'Could not be evaluated:'
export const alwaysGated = 'always gated'
export const alwaysGatedBy = (entry: ReactNode) => <>always gated by {entry}</>
export const entryWhen = (entry: ReactNode, condition: ReactNode) => (
  <>
    {entry} when {condition}
  </>
)
