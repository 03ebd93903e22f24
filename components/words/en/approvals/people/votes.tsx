import type { ReactNode } from 'react'

export const votesInDetail = 'Votes in detail'
export const reasonBefore = 'Reason:'
export const past = {
  approve: 'approved',
  reject: 'rejected',
  request_changes: 'asks for changes',
  withdraw: 'took their vote back',
}
export const doesNotCount = (why: string) => `does not count: ${why}`
export const onBehalfOf = (who: ReactNode) => <>on behalf of {who}</>
export const awayUntil = (moment: ReactNode) => <>, away until {moment},</>
