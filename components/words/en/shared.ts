/** What many places say. */
export const cancel = 'Cancel'
export const tryAgain = 'Try again'
export const close = 'Close'
