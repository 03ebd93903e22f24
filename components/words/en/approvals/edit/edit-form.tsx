import type { ReactNode } from 'react'

export const changeParams = 'Change params'
export const noValueNamed = 'The policy names no value of this call, so nothing can be changed.'
export const whatChanges = 'What changes'
export const nothingYet = 'Nothing yet.'
export const getsExactly = (agent: string, tool: ReactNode) => (
  <>
    {agent} gets {tool} with exactly these values, and is told not to send the original call again.
  </>
)
export const dropTheChanges = 'Drop the changes'
