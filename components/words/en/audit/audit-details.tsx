import type { ReactNode } from 'react'

export const detail = 'Detail'
export const wasErased = (moment: ReactNode) => (
  <>
    What this entry said was erased {moment}. Its place in the chain is still proved by the commitments to it.
  </>
)
export const at = 'At'
export const actor = 'Actor'
export const target = 'Target'
export const entry = 'Entry'
export const hash = 'Hash'
export const beforeIt = 'Before it'
export const whole = 'Whole'
export const copyTheEntry = 'Copy the entry as JSON'
export const credential = 'Credential'
export const request = 'Request'
export const address = 'Address'
export const approval = 'Approval'
export const run = 'Run'
export const agent = 'Agent'
export const see = 'See'
export const beingSealed = 'being sealed'
export const copy = (what: string) => `Copy ${what}`
export const allEntriesOf = { actor: 'All entries of this actor', target: 'All entries of this target' }
export const hashOf = { hash: 'hash', previous: 'previous hash' }
