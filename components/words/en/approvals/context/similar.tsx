import { number } from '@/components/words/number'
import type { ReactNode } from 'react'

export const thereWasNone = 'There was none.'
export const lastDecisions = 'Last decisions'
export const byWhom = (name: string) => `by ${name}`
export const itsRun = (status: ReactNode) => <>its run {status}</>
export const counted = {
  approved: (count: string) => `${count} approved`,
  rejected: (count: string) => `${count} rejected`,
  expired: (count: string) => `${count} expired`,
}
export const moreThan = (count: number) => `more than ${number(count)}`
export const within = (span: string) => `within ${span}`
export const halfWithin = (span: string) => `half of them within ${span}`
