import type { ReactNode } from 'react'

export const agents = 'Agents'
export const paused = 'Paused'
export const noAgentYet = 'No agent yet'
export const whenOneAppears = (deploy: ReactNode) => (
  <>
    An agent appears here when its file is deployed: which of its tools are gated, on what conditions, and
    every version. With a key that has the scope {deploy}, or your personal token:
  </>
)
export const approvals = 'Approvals'
export const runs = 'Runs'
export const versionNumber = (version: number) => `Version ${version}`
export const by = (person: ReactNode) => <>by {person}</>
export const warningCount = (count: number) => (count === 1 ? '1 warning' : `${count} warnings`)
export const gatedTools = (count: number) =>
  count === 0 ? 'gates nothing' : count === 1 ? '1 gated tool' : `${count} gated tools`
export const of = (agent: string) => `of ${agent}`
