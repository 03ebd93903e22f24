import type { ReactNode } from 'react'

export const signIn = 'Sign in'
export const unknownEmail =
  'Nobody with that e-mail is known here. Ask an owner of the project to invite you.'
export const unverifiedEmail =
  'The provider did not say that your e-mail is verified, so it cannot open an account here.'
export const notLetIn = 'The provider did not let you in.'
export const signInToHoldpoint = 'Sign in to Holdpoint'
export const didNotWork = 'Signing in did not work. Start again from here.'
export const goOn = 'Go on'
export const signedInAs = (email: string, goOn: ReactNode) => (
  <>
    You are signed in as {email}. {goOn}
  </>
)
export const confirmSigningIn = 'Confirm signing in'
export const opensNothing = 'This link opens nothing any more'
export const worksOnce = 'A sign-in link works once, within 15 minutes.'
export const askForANewOne = 'Ask for a new one'
export const willBeSignedIn = (email: ReactNode) => (
  <>This browser will be signed in as {email} for 30 days.</>
)
export const noMailService = (command: ReactNode) => (
  <>No mail service is set up: An operator can make one with {command}.</>
)
export const mailsAreKept = (command: ReactNode) => (
  <>
    No mail service is set up: mails are kept on this server, and the link is shown on its terminal. An
    operator can make one with {command}.
  </>
)
