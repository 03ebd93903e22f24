import type { ReactNode } from 'react'

export const severalAreCalled = (name: ReactNode) => <>Several are called “{name}”. Whom do you mean?</>
export const noneIsCalled = (what: string, name: ReactNode) => (
  <>
    No {what} is called “{name}”.
  </>
)
export const didYouMean = 'Did you mean one of these?'
