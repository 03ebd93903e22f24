import type { ReactNode } from 'react'

export const whatWouldRun = 'What would run'
export const inTheAgentsWords = 'In the agent’s words'
export const notChecked = 'Not checked by anybody.'
export const onAgent = (agent: ReactNode) => <>on {agent}</>
export const openTheRun = 'Open the run'
export const waitsBecause = 'Waits because'
export const wasHeldBecause = 'Was held because'
export const policy = 'Policy'
export const versionNumber = (version: number) => `version ${version}`
export const policySays = 'Policy says'
export const record = 'Record'
export const asked = 'Asked'
export const deadline = 'Deadline'
export const digest = 'Digest'
export const askedAgo = (ago: ReactNode) => <>Asked {ago}</>
export const approval = 'Approval'
export const run = 'Run'
export const toolCall = 'Tool call'
export const askedTogetherIn = 'Asked together in'
export const copy = (what: string) => `Copy ${what.toLowerCase()}`
