import type { ReactNode } from 'react'

export const agentKeys = 'Agent keys'
export const yourPersonalTokens = 'Your personal tokens'
export const name = 'Name'
export const expires = 'Expires'
export const scopes = 'Scopes'
export const lastUsed = 'Last used'
export const made = 'Made'
export const stateAndActions = 'State and actions'
export const never = 'never'
export const by = (name: string) => `by ${name}`
export const canLoosenItsOwnGate = 'Can loosen its own gate'
export const noAgentKeys = 'No agent keys yet'
export const keysAppearHere = 'The keys that agents ask with will appear here.'
export const noTokens = 'You have no personal tokens'
export const tokensAppearHere = 'Tokens that let a script of yours act as you will appear here.'
export const isRevoked = (name: string) => `${name} is revoked.`
export const revoked = 'Revoked'
export const expired = 'Expired'
export const revokeNamed = (name: string) => `Revoke ${name}`
export const revoke = 'Revoke'
export const revokeNow = (name: string) => `Revoke ${name}?`
export const whatRevokingDoes = (key: ReactNode) => (
  <>
    Whatever uses {key} is refused from its next request on, and what waits with it ends. This cannot be taken
    back.
  </>
)
