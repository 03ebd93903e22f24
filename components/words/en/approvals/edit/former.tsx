import type { ReactNode } from 'react'

export const comparedWithTheFormer = 'Compared with the former request'
export const anEarlierOne = 'an earlier one'
export const inPlaceOf = (former: ReactNode) => <>Asked in the place of {former}</>
export const nothingDiffers = 'Nothing differs.'
export const whatDiffers = 'What differs'
