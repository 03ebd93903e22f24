export const nobodyDecidedYet = 'nobody decided yet'
export const nobodyDecided = 'nobody decided'
export const withdrawn = 'withdrawn'
export const whoApproved = (who: string) => `${who} approved`
export const whoRejected = (who: string) => `${who} rejected`
