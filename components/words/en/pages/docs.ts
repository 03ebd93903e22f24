export const errors = 'Errors'
export const calls = 'Calls'
