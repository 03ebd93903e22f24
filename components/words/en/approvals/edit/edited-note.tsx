import type { ReactNode } from 'react'

export const and = ' and '
export const whatWasChanged = 'What was changed'
export const madeChanges = (who: ReactNode, count: number, ago: ReactNode) => (
  <>
    {who} made {count === 1 ? '1 change' : `${count} changes`} to what the agent asked for {ago}
  </>
)
