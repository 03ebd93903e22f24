export const continueWith = (provider: string) => `Continue with ${provider}`
export const serverCannotBeReached = 'The server cannot be reached. Try again.'
