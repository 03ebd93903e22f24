import type { ReactNode } from 'react'

export const nobodyIsAway = 'Nobody is away.'
export const somebodyGone = 'somebody who is no longer here'
export const absences = 'Absences'
export const theAbsenceIsOver = 'The absence is over.'
export const itIsYou = '(you)'
export const fromUntil = (from: ReactNode, until: ReactNode) => (
  <>
    from {from} until {until}
  </>
)
export const nobodySitsIn = ', nobody sits in'
export const inTheirPlaceSits = (who: ReactNode) => <>, in their place {who}</>
export const iAmBack = 'I am back'
export const isBack = (who: string) => `${who} is back`
