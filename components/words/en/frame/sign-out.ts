export const stillSignedIn = 'You are still signed in: the server cannot be reached.'
export const signOut = 'Sign out'
