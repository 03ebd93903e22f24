import type { ReactNode } from 'react'

export const betweenPeople = 'Between people'
export const takesCareOfIt = (who: ReactNode) => <>{who} takes care of it.</>
export const comment = 'Comment'
export const moreTime = 'More time'
export const hideWhatHappened = 'Hide what happened'
export const whatHappened = 'What happened'
export const handItBack = 'Hand it back'
export const iWillTakeIt = 'I’ll take it'
