export const recordCouldNotBeRead = 'What is on record could not be read'
export const decidedWithoutIt = (why: string) => `${why} The request can be decided without it.`
export const whatLedHere = 'What led here'
export const comparedWithTheLast = 'Compared with the last approved call'
export const similarRequests = 'Similar requests'
export const sameToolBefore = 'Same tool, 90 days before.'
