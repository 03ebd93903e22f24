import type { ReactNode } from 'react'

export const thisOne = 'bar: this one'
export const higherThanAll = 'higher than all'
export const higherThanNone = 'higher than none'
export const higherThan = (percent: number) => `higher than ${percent} %`
export const standsAmong = (
  what: ReactNode,
  standing: string,
  count: number,
  least: string,
  most: string,
) => (
  <>
    {what} is {standing} of {count} earlier requests, {least} to {most}
  </>
)
/** What a sign of the plot means, by where it stands. */
export const marks = { approved: 'below: approved', rejected: 'above: rejected', expired: 'across: expired' }
