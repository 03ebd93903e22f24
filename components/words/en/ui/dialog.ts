export const couldNotBeOpened = 'The server cannot be reached, so this could not be opened.'
