export const leftOut = (names: string) => `Not understood in this address, and left out: ${names}. `
export const isStale = 'That part of the list cannot be shown any more; this is its beginning.'
