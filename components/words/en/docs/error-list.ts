export const everyCode = 'Every code'
