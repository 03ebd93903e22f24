import type { ReactNode } from 'react'

export const gatesNothing = 'This file gates nothing'
export const everyCallRuns = (setting: ReactNode) => (
  <>Every call of this agent runs without approval. List tools under {setting}.</>
)
export const entriesOfThePolicy = 'Entries of the policy'
export const howEntriesAreRead =
  'Any entry that demands approval holds the call; the first that does gives timeout and message. A condition that cannot be evaluated holds it too. Every other call runs without approval.'
export const pattern = 'Pattern'
export const when = 'when'
export const always = 'always'
export const whoDecides = 'Who decides'
export const waits = 'Waits'
export const ifRejected = 'If rejected'
export const theRunFails = 'the run fails'
export const theAgentGoesOn = 'the agent is told and goes on'
export const message = 'Message'
export const noMessage = 'none'
export const upTo = (span: string) => `up to ${span}`
export const inSeconds = (count: number) => `${count} s`
