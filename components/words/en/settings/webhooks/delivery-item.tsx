import type { ReactNode } from 'react'
import { number } from '@/components/words/number'

export const sentAgain = 'It is sent again, with the same id.'
export const eventOf = (type: string, moment: string) => `${type} of ${moment}`
export const redeliverNamed = (delivery: string) => `Redeliver ${delivery}`
export const redeliver = 'Redeliver'
export const attemptsOf = (delivery: string) => `Attempts of ${delivery}`
export const hideTheAttempts = 'Hide the attempts'
export const showTheAttempts = 'Show the attempts'
export const openTheApproval = 'Open the approval'
export const notSentYet = 'Not sent yet'
export const neverSent = 'was not sent: the webhook was switched off'
export const messageId = 'Message id'
export const attemptsSoFar = (count: number, most: number) => `${count} of ${most}`
export const next = (moment: ReactNode) => <>, next {moment}</>
export const outcome = (code: number | null, ms: number, attempts: number) => {
  const answer = code === null ? 'no answer' : `answered ${code}`
  return `${answer} in ${number(ms)} ms · ${attempts === 1 ? '1 attempt' : `${attempts} attempts`}`
}
