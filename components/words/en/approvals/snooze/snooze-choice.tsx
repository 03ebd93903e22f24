import type { ReactNode } from 'react'

export const snoozedForYou = (moment: string) => `Snoozed until ${moment}, for you alone.`
export const snoozeUntil = 'Snooze until'
export const whenAreLeft = (span: string) => `, when ${span} are left`
export const tooLittleTimeLeft = 'Too little of its time is left to put it off.'
/** Until when, after a span of words where it has a name. */
export const until = (span: string | null, time: ReactNode) =>
  span === null ? (
    <>Until {time}</>
  ) : (
    <>
      {span}: until {time}
    </>
  )
