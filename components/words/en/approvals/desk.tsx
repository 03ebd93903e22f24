import type { ReactNode } from 'react'

export const request = 'Request'
export const staysOpenOnce = (key: ReactNode) => (
  <>After this decision the request stays open. {key} takes that back.</>
)
