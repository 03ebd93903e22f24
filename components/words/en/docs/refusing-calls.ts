export const callsThatAnswerIt = 'Calls that answer it'
export const anyCallMay = 'Any call may.'
export const allErrors = 'All errors'
