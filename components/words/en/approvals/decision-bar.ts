export const sayWhy = 'Say why.'
export const decision = 'Decision'
