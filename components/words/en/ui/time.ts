export const expires = (moment: string) => `Expires ${moment}`
export const urgent = 'Urgent:'
export const soon = 'Soon:'
export const justNow = 'just now'
export const ago = (span: string) => `${span} ago`
export const deadlinePassed = 'Deadline passed'
export const left = (span: string) => `${span} left`
