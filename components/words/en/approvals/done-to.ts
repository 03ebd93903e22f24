export const didApprove = (what: string) => `Approved ${what}`
export const didVote = (what: string) => `Your vote is on record for ${what}`
export const didAskForChanges = (what: string) => `Asked for changes to ${what}`
export const didReject = (what: string) => `Rejected ${what}`
