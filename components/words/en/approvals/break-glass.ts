export const breakGlass = 'Break glass…'
