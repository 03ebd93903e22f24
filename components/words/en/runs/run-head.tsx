import type { ReactNode } from 'react'

export const goingOnFor = (span: string) => `going on for ${span}`
export const took = (span: string) => `took ${span}`
export const waited = (span: string, whole: string) => `waited ${span} of ${whole} for people`
export const started = (moment: ReactNode) => <>started {moment}</>
export const onBehalfOf = (initiator: string) => `for ${initiator}, as the agent states it`
export const externalId = 'external id'
export const runId = 'run id'
export const begunBy = (run: ReactNode) => <>begun by {run}</>
export const copy = (what: string) => `Copy ${what}`
export const agentAndVersion = (agent: ReactNode, version: number) => (
  <>
    {agent}, policy version {version}
  </>
)
