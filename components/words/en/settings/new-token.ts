export const copyToken = 'Copy token'
export const tryIt = 'Try it:'
export const whatToDoWithIt = 'What to do with it'
export const iHaveCopiedIt = 'I have copied it'
