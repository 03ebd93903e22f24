import type { ReactNode } from 'react'

export const invitation = 'Invitation'
export const notOpenAnyMore = 'This invitation is not open any more'
export const itWasAccepted =
  'It was accepted, renewed or withdrawn, or its seven days have passed. If you have joined already, sign in.'
export const signIn = 'Sign in'
export const join = (project: string) => `Join ${project}`
export const project = 'Project'
export const email = 'E-mail'
export const role = 'Role'
export const openUntil = 'Open until'
export const acceptTheInvitation = 'Accept the invitation'
export const signInInside = 'sign in'
export const acceptingSignsIn = (email: string, signIn: ReactNode) => (
  <>
    Accepting signs this browser in as {email}. If you use Holdpoint already, you may have to {signIn} first.
  </>
)
