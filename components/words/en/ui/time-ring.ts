export const expires = (moment: string) => `Expires ${moment}`
export const urgent = 'Urgent:'
export const soon = 'Soon:'
/** What stands behind a span that is still left, for readers of the screen. */
export const leftAfter = 'left'
export const over = 'over'
export const theDeadlinePassed = 'the deadline passed'
