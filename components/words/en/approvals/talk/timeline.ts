export const happenedCouldNotBeRead = 'What happened could not be read'
export const loadingWhatHappened = 'Loading what happened'
export const whatHappened = 'What happened'
