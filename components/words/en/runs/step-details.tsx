import type { ReactNode } from 'react'

export const input = 'Input'
export const output = 'Output'
export const error = 'Error'
export const stepCouldNotBeRead = 'This step could not be read'
export const loadingTheStep = 'Loading the step'
export const began = (moment: ReactNode) => <>Began {moment}</>
export const copyLink = 'Copy link to this step'
export const contextSent = 'Context that the agent sent'
export const noRuleAsked = 'No rule of the policy asked for approval.'
export const result = 'Result'
export const neitherInputNorOutput = 'The agent recorded neither input nor output.'
