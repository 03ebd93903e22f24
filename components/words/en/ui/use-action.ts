export const nobodyKnows =
  'The server did not answer, so this may or may not have been done. Reload the page to see.'
export const signInAgain = 'Sign in again; what you typed is kept.'
