import type { ReactNode } from 'react'

export const paused = 'Paused'
export const everythingIsPaused = 'Everything in this project is paused'
export const isPaused = (agent: ReactNode) => <>{agent} is paused</>
export const nothingIsReleased = (whatIsPaused: ReactNode, by: ReactNode, ago: ReactNode) => (
  <>
    {whatIsPaused}: nothing of it is released. By {by} {ago}
  </>
)
export const because = (reason: ReactNode) => <>: “{reason}”</>
