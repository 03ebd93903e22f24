export const youAreSignedOut = 'You are signed out.'
