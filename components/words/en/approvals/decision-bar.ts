export const decision = 'Decision'
