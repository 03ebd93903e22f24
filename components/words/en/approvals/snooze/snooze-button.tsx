import type { ReactNode } from 'react'

export const isBackInYourQueue = 'It is back in your queue.'
export const snoozedTakeBack = (time: ReactNode) => <>Snoozed until {time}: take back</>
export const snooze = 'Snooze…'
