export const signIn = 'Sign in'
export const youWereSignedOut = 'You were signed out'
export const whatYouTypedIsKept =
  'What you typed is kept on this page. Nothing more is sent or shown until you are signed in again.'
export const signInHere = 'Sign in on this page'
export const signInInANewTab = 'Sign in in a new tab'
