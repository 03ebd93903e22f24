import type { Exclusion } from '@/lib/policy/policy'
import type { ReactNode } from 'react'

export const whoDecides = 'Who decides'
export const endedWith = (votes: string) => `Ended with ${votes}`
export const whoDecidesSaysWhy = 'Whoever decides says why.'
export const whoRejectsSaysWhy = 'Whoever rejects says why.'
export const excluded: Record<Exclusion, string> = {
  initiator: 'whoever the run acts for',
  deployer: 'whoever deployed the policy',
  editor: 'whoever changed the params',
  key_creator: 'whoever made the agent’s key',
}
export const mayNotDecide = (whoever: string[]) => `May not decide: ${whoever.join(', ')}.`
export const sinceMayDecide = (time: ReactNode, who: ReactNode) => (
  <>
    Since {time} {who} may decide too.
  </>
)
export const sinceCouldDecide = (time: ReactNode, who: ReactNode) => (
  <>
    Since {time} {who} could decide too.
  </>
)
export const fromMayDecide = (time: ReactNode, who: ReactNode) => (
  <>
    From {time} {who} may decide too.
  </>
)
export const atWouldHaveBeenAsked = (time: ReactNode, who: ReactNode) => (
  <>
    At {time} {who} would have been asked too.
  </>
)
