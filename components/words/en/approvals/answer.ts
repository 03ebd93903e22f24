export const sayWhy = 'Say why.'
