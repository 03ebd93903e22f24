import { number } from '@/components/words/number'

export const sending = 'Sending…'
export const sendTest = 'Send test'
export const outcomeOfTheTest = 'Outcome of the test'
export const testNotSentYet = 'The test is not sent yet. It stands below, and its outcome will, too.'
export const secretIsRotated = 'The secret is rotated.'
export const rotateSecret = 'Rotate secret'
export const hasANewSecret = (name: string) => `${name} has a new secret`
export const rotateTheSecretNow = (name: string) => `Rotate the secret of ${name}?`
export const rotateSecretOf = (name: string) => `Rotate secret of ${name}`
export const whatRotatingDoes =
  'You get a new signing secret. For 24 hours, what is sent carries two signatures, one by each secret, so that the receiver can change over; then the old one is worth nothing.'
export const isDeleted = (name: string) => `${name} is deleted.`
export const deleteIt = 'Delete'
export const deleteNow = (name: string) => `Delete ${name}?`
export const deleteNamed = (name: string) => `Delete ${name}`
export const whatDeletingDoes =
  'Nothing is sent there any more, what still waits included, and its deliveries are no longer shown. This cannot be taken back.'
export const testWasDelivered = 'The test was delivered'
export const testFailed = 'The test failed'
export const receiverAnswered = (code: number | null, ms: number | null) => {
  const answer = code === null ? 'no answer came' : `the receiver answered ${code}`
  return ms === null ? `${answer}.` : `${answer} in ${number(ms)} ms.`
}
export const isOn = (name: string) => `${name} is on.`
export const isOff = (name: string) => `${name} is off.`
export const switchOn = 'Switch on'
export const switchOff = 'Switch off'
