export const toNote = 'To note'
export const nothingStandsOut = 'Nothing on record stands out.'
export const recordNotRead = 'The record could not be read.'
export const readingTheRecord = 'Reading the record…'
