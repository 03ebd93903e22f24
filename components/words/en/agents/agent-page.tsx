import type { ReactNode } from 'react'

export const agents = 'Agents'
export const deployedBy = (version: number, person: ReactNode, ago: ReactNode) => (
  <>
    Version {version}, deployed by {person} {ago}
  </>
)
export const approvals = 'Approvals'
export const runs = 'Runs'
export const unknownVersion =
  'The version that you followed a link to cannot be shown; this is the one in force.'
export const showTheOneInForce = 'Show the version in force'
export const notTheOneInForce = (shown: number, inForce: number, link: ReactNode) => (
  <>
    This is version {shown}. Calls are judged by version {inForce}. {link}
  </>
)
export const policyAsUnderstood = 'Policy as understood'
export const whatTheGateReads = (version: number) => `What the gate reads in version ${version}.`
export const tryACall = 'Try a call'
export const whatTheGateWouldSay = 'What the gate would say. Stores nothing.'
