import type { ReactNode } from 'react'

export const runs = 'Runs'
export const theRuns = 'The runs'
export const started = 'started'
export const noneMatches = 'No run matches these filters'
export const howFarItLooks = 'For a text or a tool a page looks through 5,000 runs of each status.'
export const noRunYet = 'No run yet'
export const whenOneAppears =
  'A run appears when an agent starts one, or asks for a tool call without one. With an agent key:'
export const goingOnFor = (span: ReactNode) => <>for {span}</>
export const took = (span: ReactNode) => <>took {span}</>
