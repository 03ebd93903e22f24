export const copyCommand = 'Copy command'
