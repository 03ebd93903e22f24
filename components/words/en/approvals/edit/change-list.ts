export const andMore = (count: number) => `and ${count} more`
export const allOfIt = 'all of it'
export const notThere = 'not there'
export const was = 'was'
export const now = 'now'
