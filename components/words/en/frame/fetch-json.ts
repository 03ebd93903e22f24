export const serverAnswered = (status: number) => `The server answered ${status}.`
export const noAnswerInTime = 'The server did not answer within 15 seconds.'
export const cannotBeReached = 'The server cannot be reached.'
