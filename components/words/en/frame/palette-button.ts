export const findOrDo = 'Find or do…'
